"""Who opens a socket, and what the server says first."""

from datetime import datetime, timedelta

import pytest

from messaging.realtime.consumer import FEATURES
from tests.messaging.realtime.conftest import BOTH

pytestmark = pytest.mark.parametrize("kind", BOTH, indirect=True)

BAD_TICKET = {
    "code": 4001,
    "reason": "The ticket is wrong, was used, or is too old.",
    "reconnect": True,
    "retry_after_ms": 0,
}


async def test_welcome_is_the_first_frame_and_complete(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    for content in ("one", "two"):
        await circle.say(ruth, conversation, content)
    device = await devices(amos)
    assert device.connection.subprotocol == "prayermap.v1"
    welcome = device.frames[0]
    times = [datetime.fromisoformat(welcome["data"].pop(name)) for name in ("server_time", "expires_at")]
    assert abs(times[1] - times[0] - timedelta(hours=1)) < timedelta(seconds=2)
    assert welcome == {
        "type": "welcome",
        "data": {
            "session": amos.session,
            "user": amos.id,
            "heartbeat_s": 30,
            "unread_total": 2,
            "limits": {"frame_bytes": 262_144, "content_chars": 10_000, "messages_per_minute": 6_000_000},
            "features": FEATURES,
        },
    }


async def test_ticket_opens_one_socket_and_no_second(circle, devices, ruth):
    ticket = await circle.ticket(ruth)
    first = await devices.raw(ticket=ticket)
    await first.first("welcome")
    second = await devices.raw(ticket=ticket)
    assert await second.closed() == 4001
    assert second.frames == [{"type": "bye", "data": BAD_TICKET}]
    assert (await first.ask("ping"))["type"] == "pong"


@pytest.mark.parametrize("ticket", ["", "nonsense", "ü" * 300, "%00"])
async def test_bad_ticket_is_accepted_and_told_goodbye(devices, ticket):
    device = await devices.raw(ticket=ticket)
    assert (await device.closed(), device.frames) == (4001, [{"type": "bye", "data": BAD_TICKET}])


async def test_expired_ticket_opens_nothing(circle, devices, ruth, valkey):
    ticket = await circle.ticket(ruth)
    (key,) = valkey.keys("ticket:*")
    assert 0 < valkey.pttl(key) <= 30_000
    valkey.pexpire(key, 0)
    device = await devices.raw(ticket=ticket)
    assert await device.closed() == 4001


async def test_ticket_of_a_session_that_ended_opens_nothing(circle, devices, ruth):
    ticket = await circle.ticket(ruth)
    await circle.call(ruth, "POST", "auth/logout/", {"refresh": ruth.refresh})
    device = await devices.raw(ticket=ticket)
    assert await device.closed() == 4001


async def test_bearer_header_opens_a_socket(devices, ruth):
    device = await devices.raw(headers=ruth.headers)
    assert (await device.first("welcome"))["data"]["user"] == ruth.id


@pytest.mark.parametrize("header", ["Bearer nonsense", "Bearer ", "Basic cnV0aDpydXRo", ""])
async def test_wrong_header_opens_nothing(devices, header):
    device = await devices.raw(headers={"Authorization": header} if header else {})
    assert await device.closed() == 4001


@pytest.fixture
def cookie(client, ruth) -> dict[str, str]:
    """Ruth's signed-in browser."""
    client.force_login(ruth.user)
    return {"Cookie": f"sessionid={client.cookies['sessionid'].value}"}


async def test_cookie_alone_opens_nothing(circle, devices, cookie):
    assert (await circle.http.get("/api/v1/me/", headers=cookie)).status_code == 200  # it is a good one
    device = await devices.raw(headers=cookie)
    assert await device.closed() == 4001


@pytest.mark.parametrize("origin", ["https://evil.example", "null", "http://127.0.0.1:1"])
async def test_page_of_another_origin_is_refused(circle, devices, ruth, origin):
    ticket = await circle.ticket(ruth)
    device = await devices.raw(ticket=ticket, origin=origin)
    assert await device.closed() == 4506
    assert device.bye == {
        "code": 4506,
        "reason": "This origin may not open a socket.",
        "reconnect": False,
        "retry_after_ms": 0,
    }
    again = await devices.raw(ticket=ticket)  # a page elsewhere can't use up what it can't use
    await again.first("welcome")


async def test_allowed_origins_and_the_own_host_open_a_socket(devices, server, ruth):
    for origin in ("https://app.example", server.http):
        device = await devices(ruth, origin=origin)
        assert device.frames[0]["type"] == "welcome"


async def test_client_without_a_subprotocol_is_served(devices, ruth):
    device = await devices(ruth, subprotocols=None)
    assert device.connection.subprotocol is None


async def test_client_that_speaks_another_subprotocol_is_told(circle, devices, ruth):
    device = await devices.raw(ticket=await circle.ticket(ruth), subprotocols=["chat.v9"])
    assert await device.closed() == 4507


async def test_eleventh_socket_of_a_person_is_refused(circle, devices, ruth, amos):
    first, *others = [await devices(ruth) for _ in range(10)]
    eleventh = await devices.raw(ticket=await circle.ticket(ruth))
    assert await eleventh.closed() == 4029
    assert eleventh.bye is not None
    assert eleventh.bye["retry_after_ms"] > 0
    await devices(amos)
    await first.leave()
    assert await devices(ruth)
    assert [(await other.ask("ping"))["type"] for other in others] == ["pong"] * 9
