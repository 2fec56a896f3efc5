"""docs/a-day.md prints a day of two people; a server must say it word for word, and nothing of it gives Sarah away.

`WRITE_A_DAY=1` writes the answers into the page, from its deeds.
"""

import json
import os

import pytest

from tests.docs.pages import blocks
from tests.docs.recording import Recorder, rewrite
from tests.docs.transcript import Replay
from tests.isolation.traces import traces_in, traces_of
from tests.messaging.realtime.people import Person, make_person

PAGE = "docs/a-day.md"
#: A batch every ten seconds, and a busy machine.
PATIENCE_S = 20


@pytest.fixture
def sarah(transactional_db) -> Person:
    return make_person("Sarah")


@pytest.fixture
def grace(transactional_db) -> Person:
    return make_person("Grace")


@pytest.mark.timeout(240)
@pytest.mark.parametrize("kind", ["uvicorn"], indirect=True)
async def test_day_is_as_printed_and_tells_grace_nothing_of_sarah(server, circle, sarah, grace):
    (transcript,) = blocks(PAGE, "transcript")
    make = Recorder if os.environ.get("WRITE_A_DAY") else Replay
    day = make(server, circle, {"Sarah": sarah, "Grace": grace}, unpacks=True, patience_s=PATIENCE_S)
    try:
        if isinstance(day, Recorder):
            rewrite(PAGE, transcript, await day.record(transcript))
        else:
            await day.run(transcript)
    finally:
        for device in day.devices.values():
            await device.leave()
    phone = day.devices["Grace"]
    told = json.dumps([day.answers["Grace"], phone.frames], ensure_ascii=False)
    traces = traces_of(
        ids={
            "id": sarah.id,
            "session": sarah.session,
            "client_id of a text": day.known["client_id_sarah"],
            "client_id of the update": day.known["client_id_update"],
        },
        words={"name": "Sarah", "address": sarah.user.email, "ticket": day.known["ticket_of_sarah"]},
    )
    assert traces_in(told, traces) == []
    assert "I am awake." in told
    assert {frame["type"] for frame in phone.frames} >= {"batch", "ok"}
