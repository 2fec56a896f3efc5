"""`sync` and `changes`: how a client becomes whole again."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import Q

from messaging.enums import State
from messaging.models import Participant, PersonState
from messaging.queries.conversations import conversation_object, unread_counts, unread_total
from messaging.queries.members import as_member, my_participant, my_participants
from messaging.queries.messages import as_messages, visible_messages
from messaging.schemas.catchup import Changed, Changes, Receipt, Sync, SyncResult
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import invalid

SYNC_PAGE = 500
#: Receipts of larger conversations are not listed one by one (1,000 members are 100 kB).
RECEIPTS_UP_TO = 256


def sync(request: Sync, now: datetime) -> SyncResult:
    """Conversations whose `rev` differs from what the client holds; six statements."""
    rows = _rows_after(request)
    more, rows = len(rows) > SYNC_PAGE, rows[:SYNC_PAGE]
    changed = [row for row in rows if is_news(request, row.conversation_id, row.me_rev, row.conversation.rev)]
    counts = unread_counts([row.conversation_id for row in changed])
    return SyncResult(
        changed=[_changed(row, counts) for row in changed],
        gone=_gone(request),
        me_rev=PersonState.objects.filter(user=current_user_id()).values_list("me_rev", flat=True).first()
        or 0,
        unread_total=unread_total(),
        server_time=now,
        next=str(rows[-1].conversation_id) if more else None,
    )


def changes(conversation_id: UUID, after_rev: int, limit: int) -> Changes:
    """What changed in one conversation after `after_rev`, at most `limit` things, oldest change first."""
    member = my_participant(conversation_id)
    conversation = member.conversation
    if after_rev > conversation.rev:
        return _nothing(member, after_rev, reset=True)
    messages = (
        list(visible_messages(member).filter(rev__gt=after_rev).order_by("rev")[: limit + 1])
        if member.state == State.ACTIVE
        else []
    )
    members = call("changed_members", conversation_id, after_rev, limit + 1, types="uuid bigint int")
    to_rev = last_rev([row.rev for row in messages] + [row.rev for row in members], limit, conversation.rev)
    complete = to_rev == conversation.rev
    return Changes(
        from_rev=after_rev,
        to_rev=to_rev,
        epoch=conversation.epoch,
        complete=complete,
        reset=False,
        messages=as_messages(member, [row for row in messages if row.rev <= to_rev]),
        members=[as_member(row) for row in members if row.rev <= to_rev],
        receipts=_receipts(member) if complete else [],
        conversation=conversation_object(member) if after_rev < conversation.settings_rev <= to_rev else None,
    )


def last_rev(revs: list[int], limit: int, newest: int) -> int:
    """The `rev` up to which a page of `limit` things is whole."""
    return newest if len(revs) <= limit else sorted(revs)[limit - 1]


def _rows_after(request: Sync) -> list[Participant]:
    rows = my_participants().order_by("conversation_id")
    if (after := cursor_of(request)) is not None:
        rows = rows.filter(conversation_id__gt=after)
    return list(rows[: SYNC_PAGE + 1])


def cursor_of(request: Sync) -> UUID | None:
    """The conversation behind which to go on. Raises Invalid."""
    try:
        return UUID(request.cursor) if request.cursor is not None else None
    except ValueError:
        raise invalid(cursor="Not a cursor of this list.") from None


def is_news(request: Sync, conversation: UUID, me_rev: int, rev: int) -> bool:
    """Whether the client lacks something of this conversation; `me_rev` is of one's own row there."""
    held = request.positions.get(conversation)
    own_change = request.me_rev is not None and me_rev > request.me_rev
    return held != rev or own_change


def _changed(row: Participant, counts: dict[UUID, object]) -> Changed:
    conversation = row.conversation
    count = counts.get(row.conversation_id)
    return Changed(
        conversation=row.conversation_id,
        rev=conversation.rev,
        epoch=conversation.epoch,
        latest_seq=conversation.latest_seq,
        unread_count=getattr(count, "unread", 0),
    )


def _gone(request: Sync) -> list[UUID]:
    if not request.positions or request.cursor is not None:
        return []
    asked = list(request.positions)
    mine = set(
        my_participants().filter(Q(conversation_id__in=asked)).values_list("conversation_id", flat=True)
    )
    return [conversation for conversation in asked if conversation not in mine]


def _receipts(member: Participant) -> list[Receipt]:
    if member.state != State.ACTIVE or member.conversation.active_count > RECEIPTS_UP_TO:
        return []
    rows = call(
        "visible_members",
        [member.conversation_id],
        None,
        None,
        RECEIPTS_UP_TO,
        types="uuid[] uuid[] uuid int",
    )
    return [
        Receipt(row.id, row.delivered_seq, row.read_seq)
        for row in rows
        if row.shares and row.state == State.ACTIVE and not row.is_me
    ]


def _nothing(member: Participant, rev: int, *, reset: bool) -> Changes:
    return Changes(
        from_rev=rev,
        to_rev=member.conversation.rev,
        epoch=member.conversation.epoch,
        complete=True,
        reset=reset,
        messages=[],
        members=[],
        receipts=[],
        conversation=None,
    )
