"""The hub tells each socket what its person may see, also while news is late."""

from uuid import UUID, uuid4

import msgspec
import pytest

from messaging.events import MemberEvent, RoomEvent, message_event
from messaging.queries.telling import Told
from messaging.realtime import repair
from messaging.realtime.hub import Hub
from messaging.realtime.memberships import Missed
from messaging.realtime.sockets import Socket
from messaging.schemas.catchup import Changes
from messaging.schemas.messages import Message, Quote
from prayermap.lib.times import utc_now

ROOM = str(UUID(int=1))


async def _nowhere(message) -> None:
    """The ASGI end of a socket that is never pumped."""


def connected(hub: Hub, member: str, rev: int, **more: int) -> Socket:
    socket = Socket(
        _nowhere, user=uuid4(), session=uuid4(), name="", device_id="", platform="other", expires_at=0
    )
    hub.join(socket)
    hub.enter(socket, ROOM, member, rev, **more)
    return socket


def said(rev: int) -> RoomEvent:
    return RoomEvent(conversation=ROOM, rev=rev, frame=f"said {rev}")


def came(rev: int, member: str) -> MemberEvent:
    return MemberEvent(conversation=ROOM, rev=rev, frame=f"came {rev}", member=member)


@pytest.fixture
async def hub():
    made = Hub()
    yield made
    for task in made._tasks:
        task.cancel()


async def test_who_enters_while_earlier_news_is_late_is_not_told_it(hub):
    old = connected(hub, "old", 9)
    hub.on_member_event(came(12, "new"))  # overtook 10 and 11
    new = connected(hub, "new", 12)
    for rev in (10, 11, 13):
        hub.on_room_event(said(rev))
    assert list(old._queue) == ["said 10", "said 11", "came 12", "said 13"]
    assert list(new._queue) == ["said 13"]
    hub.on_room_event(said(14))
    assert list(new._queue) == ["said 13", "said 14"]
    assert not hub.rooms[ROOM].late


async def test_who_enters_in_step_is_told_the_next(hub):
    old = connected(hub, "old", 9)
    new = connected(hub, "new", 9)
    hub.on_room_event(said(10))
    assert list(old._queue) == list(new._queue) == ["said 10"]


async def test_last_one_to_leave_closes_the_room(hub):
    sockets = [connected(hub, name, 9) for name in ("a", "b")]
    for socket in sockets:
        hub.leave(socket)
    assert (hub.rooms, dict(hub.sockets)) == ({}, {})


async def test_repaired_anonymous_message_is_its_authors_own(hub):
    author, other = connected(hub, "author", 9), connected(hub, "other", 9)
    missed(hub, Told(anonymous(rev=10), author.user, [], None))
    assert '"is_mine":true' in author._queue[0]
    assert '"is_mine":false' in other._queue[0]


async def test_repaired_message_is_told_to_those_who_see_it(hub):
    old = connected(hub, "old", 9)
    new = connected(hub, "new", 9, visible_from=2)
    gone = connected(hub, "gone", 9)
    hub.rooms[ROOM].seq = 1
    missed(hub, Told(anonymous(rev=10), None, [gone.user], None))
    assert "message.updated" in old._queue[0]
    assert list(new._queue) == list(gone._queue) == []


async def test_quote_is_shown_to_those_who_see_what_it_quotes(hub):
    old, blocking = connected(hub, "old", 9), connected(hub, "blocking", 9)
    new = connected(hub, "new", 9, visible_from=2)
    quoted = uuid4()
    blocking.hidden = frozenset([str(quoted)])
    message = anonymous(rev=10, seq=2, reply_to=Quote(1, "Someone", "secret"))
    hub.on_room_event(message_event(message, type_="message.new", author=None, quoted_sender=quoted))
    assert "secret" in old._queue[0]
    assert all("secret" not in socket._queue[0] for socket in (new, blocking))
    assert hub.rooms[ROOM].seq == 2


async def test_ones_own_frame_differs_in_nothing_but_whose_it_is():
    """Also where a name or a payload says what the frame says of itself."""
    lie = '"is_mine":false'
    said_so = {"sender_name": lie, "content": lie, "payload": {"is_mine": False, lie: lie}}
    message = msgspec.structs.replace(anonymous(rev=10), **said_so)
    event = message_event(message, type_="message.new", author=uuid4())
    everybodys, own = msgspec.json.decode(event.frame), msgspec.json.decode(event.own)
    assert everybodys["data"]["message"]["is_mine"] is False
    everybodys["data"]["message"]["is_mine"] = True
    assert own == everybodys


def missed(hub: Hub, *told: Told) -> None:
    """The room reads these from PostgreSQL."""
    to_rev = max(one.message.rev for one in told)
    changes = Changes(
        from_rev=9,
        to_rev=to_rev,
        epoch=1,
        complete=True,
        reset=False,
        messages=[],
        members=[],
        receipts=[],
        conversation=None,
    )
    repair._send(hub, hub.rooms[ROOM], Missed(changes, list(told)))


def anonymous(*, rev: int, seq: int = 1, reply_to: Quote | None = None) -> Message:
    return Message(
        id=uuid4(),
        conversation=UUID(ROOM),
        seq=seq,
        rev=rev,
        sender=None,
        sender_name="Someone",
        is_mine=False,
        is_anonymous=True,
        type="text",
        content="Peace",
        attachment=None,
        payload=None,
        reply_to=reply_to,
        mentions=[],
        reactions=[],
        is_edited=False,
        edited_at=None,
        state="live",
        is_pinned=False,
        created_at=utc_now(),
    )
