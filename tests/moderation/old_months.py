"""What was said long ago, for tests: messages are sent now and then moved, with all that hangs on them, to a past month."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from uuid import UUID, uuid4

from prayermap.lib.ids import uuid7_floor
from tests.messaging.lines import owner

#: Where the ids of messages stand.
_PLACES = (
    ("message", "id"), ("message_author", "message_id"), ("delivery_status", "message_id"),
    ("message_revision", "message_id"), ("reaction", "message_id"), ("mention", "message_id"),
    ("personal_mark", "message_id"), ("attachment", "message_id"), ("conversation", "latest_message_id"),
    ("moderation_case", "subject"), ("report", "subject"), ("evidence", "message_id"),
)  # fmt: skip
PARENTS = ("message", "delivery_status", "message_revision", "reaction")


@contextmanager
def old_months(*months: date) -> Iterator[None]:
    """Past months, for as long as the test goes on."""
    for month in months:
        owner("SELECT create_message_month(%s)", month)
    try:
        yield
    finally:
        owner("DELETE FROM archived_month")
        for month in months:
            for schema in ("public", "archive"):
                for parent in PARENTS:
                    owner(f"DROP TABLE IF EXISTS {schema}.{parent}_{month:%Y_%m}")


def say_it_was(month: date, conversation: str, *seqs: int) -> list[UUID]:
    """These messages (all: no number) were written in this month; their new ids."""
    rows = owner("SELECT id, seq FROM message WHERE conversation_id = %s ORDER BY seq", conversation)
    made = []
    for number, row in enumerate(row for row in rows if not seqs or row.seq in seqs):
        moment = datetime(month.year, month.month, 1 + number % 28, 12, tzinfo=UTC) + timedelta(
            seconds=number
        )
        new = UUID(int=uuid7_floor(moment).int | uuid4().int & 0xFFFF)
        for table, column in _PLACES:
            owner(f"UPDATE {table} SET {column} = %s WHERE {column} = %s", new, row.id)
        owner(
            "UPDATE message SET created_at = %s, edited_at = edited_at - (created_at - %s) WHERE id = %s",
            moment, moment, new,
        )  # fmt: skip
        made.append(new)
    return made


def schemas_of(month: date) -> set[str]:
    """Where the shares of this month stand; one, or something is half done."""
    rows = owner(
        "SELECT relnamespace::regnamespace::text AS place FROM pg_class"
        " WHERE relispartition AND relkind = 'r' AND relname = ANY (%s)",
        [f"{parent}_{month:%Y_%m}" for parent in PARENTS],
    )
    assert len(rows) == len(PARENTS)
    return {row.place for row in rows}
