"""One's own conversations on the event loop, in two round trips: the page, then what stands beside it. How they are
shown decides `queries/conversations.py`, as for every other reader.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple
from uuid import UUID

from messaging.queries.conversations import Beside, Own, asked_beside, shown_conversations
from messaging.queries.history import Reader
from messaging.schemas.conversations import Conversation
from prayermap.lib.pipelines import Pipelines, acting, acting_in_session, calling

_TYPES = "text text boolean uuid timestamptz int int"


class Filters(NamedTuple):
    """Which conversations; None: any."""

    kind: str | None = None
    state: str | None = None
    archived: bool | None = None
    prayer: UUID | None = None


async def own_conversations(
    pipelines: Pipelines, reader: Reader, filters: Filters, *, before: datetime | None, skip: int, most: int
) -> list[Any]:
    """One's own member rows with their conversations' columns and `activity`, the latest first.

    Raises psycopg.Error where the session is not live, as where PostgreSQL is away.
    """
    _, rows = await pipelines.run(
        acting_in_session(reader.session, reader.person),
        calling("my_conversations", *filters, before, skip, most, types=_TYPES),
    )
    return rows


async def shown(pipelines: Pipelines, person: UUID, rows: Sequence[Any]) -> list[Conversation]:
    """These rows as `person` sees them."""
    if not rows:
        return []
    own = [Own(row, row) for row in rows]
    calls = [calling(asked.function, *asked.args, types=asked.types) for asked in asked_beside(own)]
    _, *answers = await pipelines.run(acting(person), *calls)
    return shown_conversations(own, Beside(*answers))
