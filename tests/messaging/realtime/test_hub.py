"""The hub tells each socket what its person may see, also while news is late."""

from uuid import UUID, uuid4

import pytest

from messaging.events import MemberEvent, RoomEvent
from messaging.realtime import repair
from messaging.realtime.hub import Hub
from messaging.realtime.sockets import Socket
from messaging.schemas.catchup import Changes
from messaging.schemas.messages import Message
from prayermap.lib.times import utc_now

ROOM = str(UUID(int=1))


async def _nowhere(message) -> None:
    """The ASGI end of a socket that is never pumped."""


def connected(hub: Hub, member: str, rev: int) -> Socket:
    socket = Socket(_nowhere, user=uuid4(), session=uuid4(), name="", device_id="", expires_at=0)
    hub.join(socket)
    hub.enter(socket, ROOM, member, rev)
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


async def test_repaired_anonymous_message_is_its_readers_own(hub):
    reader, other = connected(hub, "reader", 9), connected(hub, "other", 9)
    found = Changes(
        from_rev=9,
        to_rev=10,
        epoch=1,
        complete=True,
        reset=False,
        messages=[anonymous(rev=10, is_mine=True)],
        members=[],
        receipts=[],
        conversation=None,
    )
    repair._send(hub, hub.rooms[ROOM], found, reader.user)
    assert '"is_mine":true' in reader._queue[0]
    assert '"is_mine":false' in other._queue[0]


def anonymous(*, rev: int, is_mine: bool) -> Message:
    return Message(
        id=uuid4(),
        conversation=UUID(ROOM),
        seq=1,
        rev=rev,
        sender=None,
        sender_name="Someone",
        is_mine=is_mine,
        is_anonymous=True,
        type="text",
        content="Peace",
        attachment=None,
        payload=None,
        reply_to=None,
        mentions=[],
        reactions=[],
        is_edited=False,
        edited_at=None,
        state="live",
        is_pinned=False,
        created_at=utc_now(),
    )
