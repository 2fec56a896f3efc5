"""What notifications add to a send and to receipts in a large room. `python -m tests.notifications` prints a thousand."""

import os
import statistics
import time
from uuid import UUID

import pytest

from messaging.schemas.messages import MarkReceipts, SendMessage
from messaging.services.receipts import mark_request
from messaging.services.sending import send_request
from tests.messaging.actors import Actor, actor
from tests.messaging.lines import as_writer, connect, line, owner

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(900)]
MEMBERS = int(os.environ.get("COST_MEMBERS", "60"))
ROUNDS = int(os.environ.get("COST_ROUNDS", "3"))


def crowd(writer: Actor, room: str, count: int) -> list[UUID]:
    """So many more members, made below Django."""
    with line("owner") as connection, connection.transaction():
        people = connection.execute(
            "INSERT INTO accounts_user (id, password, is_superuser, email, display_name, timezone, share_read_receipts,"
            " share_presence, is_staff, is_active, suspension_reason_code, created_at)"
            " SELECT gen_random_uuid(), '', false, 'crowd' || n || '@example.com', 'Crowd ' || n, 'UTC', true, true, false,"
            " true, '', now() FROM generate_series(1, %s) n RETURNING id",
            [count],
        ).fetchall()
        ids = [row.id for row in people]
        connection.execute(
            "INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told,"
            " created_at, visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)"
            " SELECT gen_random_uuid(), %s, u, 'member', 'active', false, 1, false, true, now(), 1, 0, 0, 'all', 0"
            " FROM unnest(%s) u",
            [UUID(room), ids],
        )
        connection.execute(
            "UPDATE conversation SET active_count = active_count + %s, member_count = member_count + %s WHERE id = %s",
            [count, count, UUID(room)],
        )
    owner("ANALYZE participant")
    return ids


class Room:
    """A large room, and how long its batches take."""

    def __init__(self) -> None:
        self.writer = actor("Writer")
        self.id = self.writer.group(actor("First"))
        self.people = crowd(self.writer, self.id, MEMBERS)
        self.connection = connect()
        self.seq = 0

    def level(self, level: str) -> None:
        owner("UPDATE participant SET notification_level = %s, is_notified = false", level)
        owner("DELETE FROM notification")

    def send(self) -> float:
        body = SendMessage(type="text", content="Peace")
        request = send_request(author=self.writer.user.pk, conversation_id=UUID(self.id), body=body)
        begun = time.perf_counter()
        (row,) = as_writer(self.connection, "send_messages", [request])
        took = (time.perf_counter() - begun) * 1_000
        assert row.outcome == "ok"
        self.seq = row.seq
        return took

    def read(self) -> float:
        """Everybody reads to the end, in batches as the sockets' writer makes them."""
        body = MarkReceipts(read=self.seq)
        requests = [
            mark_request(author=user, conversation_id=UUID(self.id), body=body, platform="other")
            for user in self.people
        ]
        begun = time.perf_counter()
        for start in range(0, len(requests), 500):
            as_writer(self.connection, "mark_receipts", requests[start : start + 500])
        return (time.perf_counter() - begun) * 1_000

    def opened(self) -> int:
        return owner(
            "SELECT count(*) AS n FROM notification WHERE kind = 'message_received' AND read_at IS NULL"
        )[0].n


def measure(room: Room) -> dict[str, list[float]]:
    """Milliseconds. Nobody wants to be told; everybody has read and is told anew. A second send finds nothing to open."""
    found: dict[str, list[float]] = {name: [] for name in COLUMNS}
    for level, send, read in (("none", "send without", "read without"), ("all", "send opens", "read closes")):
        room.level(level)
        for _ in range(ROUNDS + 1):  # the first one warms up
            found[send].append(room.send())
            assert room.opened() == (MEMBERS + 1 if level == "all" else 0)
            found[f"{send}, again"].append(room.send())
            found[read].append(room.read())
            assert room.opened() == (1 if level == "all" else 0)  # the one who does not read
    return {name: values[1:] for name, values in found.items()}


COLUMNS = (
    "send without", "send without, again", "send opens", "send opens, again", "read without", "read closes",
)  # fmt: skip


def test_notifications_of_a_large_room_are_one_statement_with_the_send():
    room = Room()
    try:
        found = measure(room)
    finally:
        room.connection.close()
    report(found)


def report(found: dict[str, list[float]]) -> None:
    """In each case one call of one function: no statement is added. The fastest says more on a busy machine."""
    print(
        f"\n{MEMBERS} members, {ROUNDS} rounds, one statement each; ms: median, fastest, its ratio to without"
    )
    for name, values in found.items():
        base = min(found["send without" if name.startswith("send") else "read without"])
        fastest = min(values)
        print(f"  {name:22} {statistics.median(values):8.1f} {fastest:8.1f} {fastest / base:6.2f}")
