"""`presence`: told to those whose business it is, and to nobody else; by changes, late enough not to flicker."""

import asyncio
import time
from datetime import UTC, datetime

import pytest

from messaging.realtime.presence import OFFLINE_AFTER_S
from tests.messaging.realtime.people import make_person

#: A tick, and the way to another process.
SOON_S = 2.5
#: On a machine that has much else to do.
PATIENCE_S = 15


@pytest.fixture
def ruth(transactional_db):
    return make_person("Ruth", share_presence=True)


@pytest.fixture
def amos(transactional_db):
    return make_person("Amos", share_presence=True)


@pytest.fixture
def lydia(transactional_db):
    return make_person("Lydia", share_presence=True)


def seen(device, person=None):
    """States told, in order: of this person, or of everybody."""
    return [item["state"] for item in device.of("presence") if person is None or item["user"] == person.id]


async def settles(device, person, states):
    """Exactly these have been told of a person, and no others for a while after."""
    for _ in range(PATIENCE_S * 20):
        if seen(device, person) == states:
            break
        await asyncio.sleep(0.05)
    await asyncio.sleep(0.5)
    assert seen(device, person) == states


async def becomes(device, person, state, *, patience=PATIENCE_S):
    """The data of the first presence frame that says so."""

    def says(item):
        return item["user"] == person.id and item["state"] == state

    end = time.monotonic() + patience
    while time.monotonic() < end:
        if found := next((item for item in device.of("presence") if says(item)), None):
            return found
        await asyncio.sleep(0.05)
    raise AssertionError(f"{person.name} did not become {state}: {device.of('presence')}")


async def share(circle, person, *, on):
    await circle.call(person, "PATCH", "me/", {"share_presence": on})


async def test_who_comes_and_goes_is_told_to_the_other_of_two(circle, devices, second, ruth, amos):
    await circle.pair(ruth, amos)
    here, there = await devices(amos), await devices(amos, server=second)
    device = await devices(ruth)
    for ear in (here, there):
        assert await becomes(ear, ruth, "online") == {"user": ruth.id, "state": "online"}
    await settles(device, amos, ["online"])  # who comes is shown who is there
    left_at = datetime.now(UTC)
    await device.leave()
    told = await becomes(here, ruth, "offline", patience=OFFLINE_AFTER_S + PATIENCE_S)
    assert 9 < (datetime.now(UTC) - left_at).total_seconds() < OFFLINE_AFTER_S + PATIENCE_S
    last_seen = datetime.fromisoformat(told["last_seen_at"])
    assert (last_seen.second, last_seen.microsecond) == (0, 0)
    assert abs((left_at - last_seen).total_seconds()) < 120
    await becomes(there, ruth, "offline")
    late = await devices(amos)
    assert (await becomes(late, ruth, "offline"))["last_seen_at"] == told["last_seen_at"]


async def test_short_break_is_not_told(circle, devices, second, ruth, amos):
    await circle.pair(ruth, amos)
    ear = await devices(amos)
    device = await devices(ruth)
    await becomes(ear, ruth, "online")
    device.cut()
    await asyncio.sleep(1)
    await devices(ruth, server=second)
    await asyncio.sleep(OFFLINE_AFTER_S + SOON_S)
    assert seen(ear, ruth) == ["online"]


async def test_somebody_is_there_while_one_device_is_and_away_when_all_are_in_the_background(
    circle, devices, second, ruth, amos
):
    await circle.pair(ruth, amos)
    ear = await devices(amos)
    phone, tablet = await devices(ruth), await devices(ruth, server=second)
    await becomes(ear, ruth, "online")
    await phone.ask("client.state", {"state": "inactive"})
    await asyncio.sleep(SOON_S)
    assert seen(ear, ruth) == ["online"]
    await tablet.ask("client.state", {"state": "inactive"})
    await becomes(ear, ruth, "away")
    await tablet.leave()
    await phone.ask("client.state", {"state": "active"})
    await settles(ear, ruth, ["online", "away", "online"])
    await phone.ask("client.state", {"network": "low"})  # on a bad line one is there all the same
    await asyncio.sleep(SOON_S)
    assert seen(ear, ruth) == ["online", "away", "online"]


@pytest.fixture
def people(transactional_db):
    kinds = "friend stranger grouped pending anonymous blocker blocked shy left declined"
    return {name: make_person(name, share_presence=True) for name in kinds.split()}


async def test_matrix_of_who_sees_whom(circle, devices, second, ruth, people):
    """One viewer of each kind, half of them on another process."""
    for name in ("friend", "blocker", "blocked", "shy", "left"):
        conversation = await circle.pair(ruth, people[name])
        if name == "left":
            me = await circle.member(people[name], conversation)
            await circle.call(people[name], "DELETE", f"conversations/{conversation}/members/{me}/")
    await circle.group(ruth, people["grouped"])
    for name in ("pending", "declined"):
        made = await circle.call(
            ruth, "POST", "conversations/", {"kind": "direct_message", "members": [people[name].id]}
        )
        if name == "declined":
            await circle.call(people[name], "POST", f"conversations/{made['id']}/decline/", {})
    hidden = {"kind": "direct_message", "members": [ruth.id], "is_anonymous": True}
    made = await circle.call(people["anonymous"], "POST", "conversations/", hidden)
    await circle.call(ruth, "POST", f"conversations/{made['id']}/accept/", {})
    await circle.call(people["blocker"], "POST", "me/blocks/", {"user": ruth.id})
    await circle.call(ruth, "POST", "me/blocks/", {"user": people["blocked"].id})
    await share(circle, people["shy"], on=False)

    ears = {name: await devices(person, server=second if number % 2 else None)
            for number, (name, person) in enumerate(people.items())}  # fmt: skip
    device = await devices(ruth)
    await becomes(ears["friend"], ruth, "online")
    await asyncio.sleep(SOON_S)
    assert {name for name, ear in ears.items() if ear.of("presence")} == {"friend"}
    assert {item["user"] for item in device.of("presence")} == {people["friend"].id}

    await share(circle, ruth, on=False)
    switched = time.monotonic()
    await becomes(ears["friend"], ruth, "offline")
    assert time.monotonic() - switched < PATIENCE_S
    assert ears["friend"].of("presence")[-1] == {"user": ruth.id, "state": "offline"}
    await settles(device, people["friend"], ["online", "offline"])  # who shares nothing sees nothing
    late = await devices(people["friend"])
    await asyncio.sleep(SOON_S)
    assert seen(late) == []


async def test_switching_it_on_shows_both_sides_again(circle, devices, second, ruth, amos):
    await circle.pair(ruth, amos)
    await share(circle, ruth, on=False)
    device, ear = await devices(ruth), await devices(amos, server=second)
    await asyncio.sleep(SOON_S)
    assert (seen(device), seen(ear)) == ([], [])
    await share(circle, ruth, on=True)
    await becomes(ear, ruth, "online")
    await becomes(device, amos, "online")


async def test_switching_it_off_forgets_when_one_was_last_seen(circle, devices, ruth, amos):
    await circle.pair(ruth, amos)
    ear, device = await devices(amos), await devices(ruth)
    await becomes(ear, ruth, "online")
    await device.leave()
    assert "last_seen_at" in await becomes(ear, ruth, "offline", patience=OFFLINE_AFTER_S + PATIENCE_S)
    await share(circle, ruth, on=False)
    await settles(ear, ruth, ["online", "offline", "offline"])
    assert ear.of("presence")[-1] == {"user": ruth.id, "state": "offline"}
    await share(circle, ruth, on=True)
    await asyncio.sleep(SOON_S)
    late = await devices(amos)
    await asyncio.sleep(SOON_S)
    assert seen(late) == []


@pytest.mark.parametrize("who", ["ruth", "amos"])
async def test_block_takes_both_out_of_sight_and_its_end_brings_them_back(
    circle, devices, second, ruth, amos, who
):
    await circle.pair(ruth, amos)
    mine, theirs = await devices(ruth), await devices(amos, server=second)
    await becomes(theirs, ruth, "online")
    await becomes(mine, amos, "online")
    blocker, other = (ruth, amos) if who == "ruth" else (amos, ruth)
    await circle.call(blocker, "POST", "me/blocks/", {"user": other.id})
    assert "last_seen_at" not in await becomes(theirs, ruth, "offline")
    assert "last_seen_at" not in await becomes(mine, amos, "offline")
    await circle.call(blocker, "DELETE", f"me/blocks/{other.id}/")
    await settles(theirs, ruth, ["online", "offline", "online"])
    await settles(mine, amos, ["online", "offline", "online"])


async def test_conversation_that_begins_or_ends_shows_and_hides(circle, devices, second, ruth, amos):
    mine, theirs = await devices(ruth), await devices(amos, server=second)
    conversation = await circle.pair(ruth, amos)
    await becomes(theirs, ruth, "online")
    await becomes(mine, amos, "online")
    me = await circle.member(amos, conversation)
    await circle.call(amos, "DELETE", f"conversations/{conversation}/members/{me}/")
    await becomes(theirs, ruth, "offline")
    await becomes(mine, amos, "offline")


async def test_quiet_client_is_told_nothing_and_caught_up_when_it_is_back(circle, devices, ruth, amos, lydia):
    await circle.pair(amos, ruth)
    await circle.pair(amos, lydia)
    ear, gone = await devices(amos), await devices(lydia)
    await becomes(ear, lydia, "online")
    await ear.ask("client.state", {"state": "inactive"})
    await devices(ruth)
    await gone.leave()
    await asyncio.sleep(OFFLINE_AFTER_S + SOON_S)
    assert seen(ear) == ["online"]
    await ear.ask("client.state", {"state": "active"})
    await becomes(ear, ruth, "online")
    await becomes(ear, lydia, "offline")


@pytest.mark.slow
@pytest.mark.parametrize("lowered", [{"HEARTBEAT_SECONDS": "4"}], indirect=True)
async def test_people_of_a_process_that_dies_go_offline_by_themselves(
    circle, devices, server, processes, lowered, ruth, amos
):
    await circle.pair(ruth, amos)
    ear = await devices(amos)
    dying = processes.start("uvicorn", **lowered).wait_until_ready()
    try:
        await devices(ruth, server=dying)
        await becomes(ear, ruth, "online")
    finally:
        dying.process.kill()
        dying.process.wait()
    # Notes hold for one and a half heartbeats, and are looked at twice in one.
    end = time.monotonic() + 12 + PATIENCE_S
    while seen(ear, ruth) != ["online", "offline"]:
        assert time.monotonic() < end, ear.of("presence")
        await ear.ask("ping")
        await asyncio.sleep(0.5)
    assert "last_seen_at" in ear.of("presence")[-1]
