"""Messages of a conversation, as the person who acts sees them."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from itertools import chain
from typing import Any, NamedTuple, cast
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet
from msgspec import UNSET

from messaging.enums import MessageState, MessageType
from messaging.models import Message, Participant, PersonalMark
from messaging.queries.attachments import attachments
from messaging.queries.members import authors
from messaging.rules import shown_state
from messaging.schemas import messages as shapes
from prayermap.lib.db import call
from prayermap.lib.errors import NotFound
from prayermap.lib.ids import uuid7_floor
from prayermap.lib.times import utc_now

PREVIEW_CHARS = 100
SOMEONE = "Someone"
#: Most of what is asked for is of this month or of so many before it.
YOUNG_MONTHS = 3
#: Fields of a row that nothing a client sees is made of.
_UNSEEN = ("request_digest",)


def visible_messages(member: Participant) -> QuerySet[Message]:
    """The messages that this member may read. Uses the unique index (conversation_id, seq) of each month."""
    rows = Message.objects.filter(conversation_id=member.conversation_id, seq__gte=member.visible_from_seq)
    return as_seen_by([member], rows)


def as_seen_by(members: Iterable[Participant], rows: QuerySet[Message]) -> QuerySet[Message]:
    """Rows with what these members, all of them oneself, alone see of them: `is_starred`, `is_removed`.

    Asks the key of personal_mark, twice a row.
    """
    marks = PersonalMark.objects.filter(
        participant__in=[member.id for member in members], seq=OuterRef("seq"), message_id=OuterRef("pk")
    )
    return rows.annotate(  # type: ignore[no-redef]  # the model names them for those who read the rows
        is_starred=Exists(marks.filter(starred_at__isnull=False)),
        is_removed=Exists(marks.filter(removed_at__isnull=False)),
    ).defer(*_UNSEEN)


def page_before(member: Participant, before: int | None, limit: int) -> list[Message]:
    """Newest first. One statement where the page is of the last months, else two."""
    rows = visible_messages(member).order_by("-seq")
    if before is not None:
        rows = rows.filter(seq__lt=before)
    young = list(_young(rows)[:limit])
    return young if _is_whole(young, member, before, limit) else list(rows[:limit])


def _young(rows: QuerySet[Message]) -> QuerySet[Message]:
    """Those of this month and the three before. Planning takes half a millisecond for each month that may hold a row,
    and there are years of them: so these are asked first, and all where something is missing.
    """
    return rows.filter(pk__gte=young_floor())


def young_floor() -> UUID:
    """The least id of those months."""
    today = utc_now().astimezone(UTC)
    years, month = divmod(today.year * 12 + today.month - 1 - YOUNG_MONTHS, 12)
    return uuid7_floor(datetime(years, month + 1, 1, tzinfo=UTC))


def _is_whole(found: Sequence[Message], member: Participant, before: int | None, limit: int) -> bool:
    """Whether no older month holds anything of this page: seq has no gaps, whatever month an id is of."""
    latest = member.conversation.latest_seq
    top = latest if before is None else min(latest, before - 1)
    lowest = max(member.visible_from_seq, 1)
    if not found:
        return top < lowest
    first, last = found[0].seq, found[-1].seq
    return first >= top and first - last == len(found) - 1 and (len(found) == limit or last == lowest)


def page_after(member: Participant, after: int, limit: int) -> list[Message]:
    """Oldest first."""
    return list(visible_messages(member).filter(seq__gt=after).order_by("seq")[:limit])


def page_around(member: Participant, around: int, limit: int) -> list[Message]:
    """Oldest first, `around` in the middle; seq has no gaps, so the window is plain arithmetic."""
    low = max(member.visible_from_seq, around - limit // 2)
    return list(visible_messages(member).filter(seq__gte=low, seq__lt=low + limit).order_by("seq"))


def message_at(member: Participant, seq: int) -> Message:
    """Raises NotFound for a number that isn't there or lies before one's time."""
    rows = visible_messages(member).filter(seq=seq).order_by()
    for row in chain(_young(rows), rows):
        return row
    raise NotFound


def as_messages(member: Participant, rows: Sequence[Message]) -> list[shapes.Message]:
    """Rows of one conversation as clients see them: at most five statements."""
    return as_messages_of({member.conversation_id: member}, rows)


def as_messages_of(members: Mapping[UUID, Participant], rows: Sequence[Message]) -> list[shapes.Message]:
    """Rows of several conversations, with one's own member row in each: authors, quotes, one's own anonymous ones, files,
    reactions where there are any.

    A message that a block hides, or that one has deleted for oneself, is `{seq, state: "removed"}`.
    """
    quoted = _quoted(members, rows)
    return shown_messages(
        rows,
        Beside(
            own=[member.id for member in members.values()],
            names=authors(row.sender_id for row in (*rows, *quoted.values()) if row.sender_id),
            quoted=quoted,
            own_anonymous=own_anonymous(rows),
            attachments=attachments(row.attachment_id for row in rows if row.attachment_id),
            reactions=_reactions(rows),
        ),
    )


class Beside(NamedTuple):
    """What rows of messages are shown with, as their one reader may have it."""

    #: Ids of the reader's own members.
    own: Collection[UUID]
    #: Rows with `name` and `is_hidden` by member id.
    names: Mapping[UUID, Any]
    #: What they answer, by conversation and seq.
    quoted: Mapping[tuple[UUID, int], Any] = {}
    own_anonymous: Collection[UUID] = ()
    attachments: Mapping[UUID, shapes.Attachment] = {}
    reactions: Mapping[UUID, list[shapes.Reaction]] = {}


def shown_messages(rows: Sequence[Any], beside: Beside) -> list[shapes.Message]:
    """Rows as their reader sees them. No query; `rows` are of the model, or have its columns."""
    now = utc_now()
    return [_shown(row, beside, now) for row in rows]


def _shown(row: Any, beside: Beside, now: datetime) -> shapes.Message:
    """Looks up no more than the row needs: each id that is hashed takes half a microsecond, of 50 rows a page."""
    author = beside.names.get(row.sender_id) if row.sender_id else None
    if row.is_removed or (author is not None and author.is_hidden):
        return cast("shapes.Message", shapes.RemovedMessage(row.seq))
    quoted = beside.quoted.get((row.conversation_id, row.reply_to_seq)) if row.reply_to_seq else None
    return as_message(
        row,
        now=now,
        sender_name=SOMEONE if author is None or row.is_anonymous else str(author.name),
        is_mine=row.sender_id in beside.own if row.sender_id else row.id in beside.own_anonymous,
        reply_to=_quote(quoted, beside.names),
        attachment=beside.attachments.get(row.attachment_id) if row.attachment_id else None,
        reactions=beside.reactions.get(row.id, []) if row.has_reactions else [],
    )


def as_message(
    row: Any,
    *,
    now: datetime,
    sender_name: str,
    is_mine: bool,
    reply_to: shapes.Quote | None,
    attachment: shapes.Attachment | None,
    reactions: list[shapes.Reaction],
) -> shapes.Message:
    state = shown_state(row.state, row.expires_at, now)
    hidden = state != MessageState.LIVE
    return shapes.Message(
        id=row.id,
        conversation=row.conversation_id,
        seq=row.seq,
        rev=row.rev,
        sender=row.sender_id,
        sender_name=sender_name,
        is_mine=is_mine,
        is_anonymous=row.is_anonymous,
        type=row.type,
        content=None if hidden else row.content,
        attachment=None if hidden else attachment,
        payload=None if hidden else row.payload,
        reply_to=None if hidden else reply_to,
        mentions=[] if hidden else row.mentions,
        reactions=[] if hidden else reactions,
        is_edited=row.edited_at is not None,
        edited_at=row.edited_at,
        state=state,  # type: ignore[arg-type]
        is_starred=row.is_starred and not hidden,
        is_pinned=row.pinned_at is not None,
        created_at=row.created_at,
        expires_at=UNSET if hidden else row.expires_at or UNSET,
    )


def is_mine(member: Participant, row: Message) -> bool:
    """Whether one's own member wrote it, under cover or not; at most one statement."""
    return row.sender_id == member.id or row.id in own_anonymous([row])


def is_hidden(row: Message, names: Mapping[UUID, Any]) -> bool:
    return row.sender_id is not None and row.sender_id in names and names[row.sender_id].is_hidden


def preview(row: Any) -> str | None:
    """The first 100 characters of a live message; of another kind its caption or nothing."""
    if shown_state(row.state, row.expires_at, utc_now()) != MessageState.LIVE:
        return None
    return row.content[:PREVIEW_CHARS] if row.content else (None if row.type == MessageType.TEXT else "")


def _quoted(members: Mapping[UUID, Participant], rows: Sequence[Message]) -> dict[tuple[UUID, int], Message]:
    """What these rows answer, as far as one may see it, by conversation and seq."""
    wanted: dict[UUID, set[int]] = {}
    for row in rows:
        if row.reply_to_seq is not None:
            wanted.setdefault(row.conversation_id, set()).add(row.reply_to_seq)
    if not wanted:
        return {}
    visible = Q()
    for conversation_id, seqs in wanted.items():
        from_seq = members[conversation_id].visible_from_seq
        visible |= Q(conversation_id=conversation_id, seq__in=seqs, seq__gte=from_seq)
    quotes = as_seen_by(
        [members[conversation_id] for conversation_id in wanted], Message.objects.filter(visible)
    )
    found = list(_young(quotes))
    if len(found) < sum(map(len, wanted.values())):
        found = list(quotes)
    return {(row.conversation_id, row.seq): row for row in found}


def _quote(row: Message | None, names: Mapping[UUID, Any]) -> shapes.Quote | None:
    """None for no quote and for one from before the reader's time."""
    if row is None:
        return None
    is_gone = row.is_removed or is_hidden(row, names)
    return shapes.Quote(row.seq, _name(row, names), None if is_gone else preview(row))


def _name(row: Message, names: Mapping[UUID, Any]) -> str:
    if row.is_anonymous or row.sender_id is None or row.sender_id not in names:
        return SOMEONE
    return str(names[row.sender_id].name)


def own_anonymous(rows: Sequence[Message]) -> set[UUID]:
    sealed = [row.id for row in rows if row.sender_id is None]
    return {row[0] for row in call("own_anonymous", sealed, types="uuid[]")} if sealed else set()


def _reactions(rows: Sequence[Message]) -> dict[UUID, list[shapes.Reaction]]:
    wanted = [row.id for row in rows if row.has_reactions]
    return as_reactions(call("reactions_of", wanted, types="uuid[]") if wanted else ())


def as_reactions(rows: Iterable[Any]) -> dict[UUID, list[shapes.Reaction]]:
    """By message, the first chosen first."""
    found: dict[UUID, list[shapes.Reaction]] = {}
    for row in rows:
        found.setdefault(row.message, []).append(shapes.Reaction(row.emoji, row.number, row.mine))
    return found
