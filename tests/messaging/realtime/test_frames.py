"""Every client frame: what it does, and that each `ref` has exactly one answer."""

import json
import re
from datetime import UTC, datetime

import pytest

from bench.ids import client_id
from tests.messaging.realtime.conftest import BOTH
from tests.messaging.realtime.people import text

both = pytest.mark.parametrize("kind", BOTH, indirect=True)
NOBODY = "01900000-0000-7000-8000-000000000000"


def error(ref, code: str, detail: str, **more) -> dict:
    return {"type": "error", "ref": ref, "data": {"code": code, "detail": detail, **more}}


@both
async def test_message_send_is_answered_with_what_rest_shows(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    device = await devices(ruth)
    body = text(conversation, "Peace שלום 🕊️")
    answer = await device.ask("message.send", body)
    stored = await circle.call(ruth, "GET", f"conversations/{conversation}/messages/1/")
    assert answer == {"type": "ok", "ref": 1, "data": {**stored, "duplicate": False}}
    assert (stored["id"], stored["content"], stored["is_mine"]) == (body["client_id"], body["content"], True)


async def test_message_send_again_is_answered_alike_and_as_duplicate_over_both_ways(
    circle, devices, ruth, amos
):
    conversation = await circle.pair(ruth, amos)
    device = await devices(ruth)
    body = text(conversation, "once")
    first = (await device.ask("message.send", body))["data"]
    again = (await device.ask("message.send", body))["data"]
    rest = await circle.say(ruth, conversation, "once", client_id=body["client_id"])
    assert again == rest == {**first, "duplicate": True}
    other = await device.ask("message.send", {**body, "content": "twice"})
    assert other == error(3, "client_id_reused", "This client_id was used for something else.")
    assert (await circle.one(ruth, conversation))["latest_seq"] == 1


WRONG = [
    ({"content": ""}, "content"),
    ({"content": " \u200b\n"}, "content"),
    ({"content": "a\0b"}, "content"),
    ({"content": "x" * 10_001}, "content"),
    ({"content": 5}, "content"),
    ({"type": "poem"}, "type"),
    ({"conversation": "x"}, "conversation"),
    ({"reply_to": 1}, "reply_to"),
    ({"reply_to": "1"}, "reply_to"),
    ({"mentions": [NOBODY]}, "mentions"),
    ({"is_anonymous": 1}, "is_anonymous"),
    ({"unheard_of": 1}, "unheard_of"),
    ({"type": "location", "payload": {"latitude": 91, "longitude": 0}}, "payload"),
]


async def test_message_send_refuses_what_does_not_fit_and_names_the_field(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    for change, field in WRONG:
        device = await devices(ruth)
        answer = await device.ask("message.send", {**text(conversation, "Peace"), **change})
        assert (answer["type"], answer["data"]["code"]) == ("error", "invalid"), change
        (named,) = answer["data"]["errors"]
        assert re.split(r"[.\[]", named)[0] == field
        await device.leave()
    assert (await circle.one(ruth, conversation))["latest_seq"] == 0


async def test_message_send_refuses_by_the_codes_of_rest(circle, devices, ruth, amos, lydia):
    conversation = await circle.pair(ruth, amos)
    device, stranger = await devices(ruth), await devices(lydia)
    unknown = await device.ask("message.send", text(NOBODY, "Peace"))
    assert unknown == error(1, "not_found", "There is nothing here for you.")
    foreign = await stranger.ask("message.send", text(conversation, "Peace"))
    assert foreign == error(1, "not_found", "There is nothing here for you.")
    hidden = await device.ask("message.send", text(conversation, "Peace", is_anonymous=True))
    assert hidden["data"]["code"] == "anonymity_impossible"
    old = await device.ask("message.send", text(conversation, "Peace", client_id=NOBODY))
    assert old["data"]["code"] == "client_id_invalid"
    assert abs(datetime.fromisoformat(old["data"]["server_time"]) - datetime.now(UTC)).total_seconds() < 5
    none = await device.ask("message.send", text(conversation, "Peace", client_id="one"))
    assert (none["data"]["code"], [*none["data"]["errors"]]) == ("client_id_invalid", ["client_id"])
    assert none["data"]["server_time"]


@both
async def test_ten_thousand_emoji_pass_and_come_back_unchanged(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    writer, reader = await devices(ruth), await devices(amos)
    content = "🙏" * 10_000
    escaped = json.dumps({"type": "message.send", "ref": 1, "data": text(conversation, content)})
    assert len(escaped) > 120_000
    await writer.send_raw(escaped)
    assert (await writer.first("ok"))["data"]["content"] == content
    await reader.message(content)
    page = await circle.call(amos, "GET", f"conversations/{conversation}/messages/")
    assert page["results"][0]["content"] == content


async def test_lone_surrogates_and_nul_are_refused(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    device = await devices(ruth)
    body = json.dumps({"type": "message.send", "data": text(conversation, "HERE")})
    for content in ("\\ud800", "\\udc00\\ud800", "a\\u0000b", "\\u0000"):
        await device.send_raw(body.replace("HERE", content))
    assert [frame["data"]["code"] for frame in await device.quiet()] == ["invalid"] * 4


async def test_receipt_is_answered_with_the_marks(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    for number in range(3):
        await circle.say(ruth, conversation, f"{number}")
    device = await devices(amos)
    answers = [
        await device.ask("receipt", {"conversation": conversation, **marks})
        for marks in ({"delivered": 2}, {"read": 3}, {"read": 1})
    ]
    assert [answer["data"] for answer in answers] == [
        {"delivered_seq": 2, "read_seq": 0},
        {"delivered_seq": 3, "read_seq": 3},
        {"delivered_seq": 3, "read_seq": 3},
    ]
    for marks in ({"read": 4}, {}, {"read": -1}, {"read": "1"}):
        answer = await device.ask("receipt", {"conversation": conversation, **marks})
        assert answer["data"]["code"] == "invalid", answer
    assert (await device.ask("receipt", {"conversation": NOBODY, "read": 1}))["data"]["code"] == "not_found"


async def test_receipt_and_typing_without_ref_are_answered_only_when_refused(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(ruth, conversation, "Peace")
    device = await devices(amos)
    await device.send("receipt", {"conversation": conversation, "read": 1})
    await device.send("typing", {"conversation": conversation, "is_typing": True})
    assert await device.quiet() == []
    await device.send("receipt", {"conversation": conversation, "read": 9})
    await device.send("typing", {"conversation": NOBODY, "is_typing": True})
    assert sorted(frame["data"]["code"] for frame in await device.quiet()) == ["invalid", "not_found"]


async def test_typing_with_ref_is_answered(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    device = await devices(ruth)
    answer = await device.ask("typing", {"conversation": conversation, "is_typing": True})
    assert answer == {"type": "ok", "ref": 1}
    wrong = await device.ask("typing", {"conversation": conversation, "is_typing": "yes"})
    assert list(wrong["data"]["errors"]) == ["is_typing"]


async def test_sync_and_changes_answer_as_rest_does(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    await circle.say(amos, conversation, "Peace")
    device = await devices(ruth)
    for body in ({"positions": {}}, {"positions": {conversation: 1, NOBODY: 1}}, {}):
        answer = (await device.ask("sync", body))["data"]
        rest = await circle.call(ruth, "POST", "sync/", body)
        assert {**answer, "server_time": ""} == {**rest, "server_time": ""}
    answer = (await device.ask("changes", {"conversation": conversation, "after_rev": 0, "limit": 1}))["data"]
    rest = await circle.call(ruth, "GET", f"conversations/{conversation}/changes/?after_rev=0&limit=1")
    assert answer == rest
    for data in ({"conversation": NOBODY, "after_rev": 0}, {"conversation": conversation, "after_rev": -1}):
        assert (await device.ask("changes", data))["type"] == "error"
    assert (await device.ask("sync", {"positions": {"x": 1}}))["data"]["code"] == "invalid"


async def test_ping_tells_the_time(devices, ruth):
    device = await devices(ruth)
    pong = await device.ask("ping")
    assert abs(datetime.fromisoformat(pong["data"]["server_time"]) - datetime.now(UTC)).total_seconds() < 5
    assert pong["data"]["server_time"].endswith("Z")
    await device.send("ping")
    assert "ref" not in (await device.until(lambda f: f["type"] == "pong" and "ref" not in f))


async def test_client_state_takes_known_words_only(devices, ruth):
    device = await devices(ruth)
    answer = await device.ask("client.state", {"state": "inactive"})
    assert answer == {"type": "ok", "ref": 1, "data": {"heartbeat_s": 60}}
    for wrong in ({"state": "asleep"}, {"network": "5g"}, {"state": 1}, {"battery": 20}):
        assert (await device.ask("client.state", wrong))["data"]["code"] == "invalid"


async def test_ref_comes_back_as_it_was(devices, ruth):
    device = await devices(ruth)
    refs = ["a", "ü" * 64, 0, -1, 2**53 - 1]
    for ref in refs:
        await device.send("client.state", {}, ref=ref)
    await device.ask("ping")
    answered = {"heartbeat_s": 30}
    assert device.frames[1:-1] == [{"type": "ok", "ref": ref, "data": answered} for ref in refs]


async def test_ref_of_another_shape_is_refused_and_harms_nobody(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    odd, other = await devices(ruth), await devices(amos)
    refs = [1.5, True, "x" * 65, [], {}, 2**64, 10**30]
    for ref in refs:
        await odd.send("message.send", text(conversation, "odd"), ref=ref)
        assert (await other.ask("message.send", text(conversation, "even")))["type"] == "ok"
    refused = [frame for frame in await odd.quiet() if frame["type"] == "error"]
    assert [frame["data"]["code"] for frame in refused] == ["invalid"] * len(refs)


BAD_FRAMES = [
    "",
    "{",
    "nonsense",
    "[]",
    "5",
    "null",
    '"ping"',
    "{}",
    '{"type":5}',
    '{"type":"ping","data":5}',
    '{"type":"ping","data":null}',
    '{"type":"ping","more":1}',
    '{"type":"ping","data":{"more":1}}',
    '{"type":"message.burn"}',
    '{"type":"welcome"}',
    '{"type":"ok"}',
    '{"type":"ping"}{"type":"ping"}',
    '{"type":"message.send","data":' + "[" * 50_000 + "]" * 50_000 + "}",
    '{"type":"message.send","data":' + '{"a":' * 20_000 + "1" + "}" * 20_000 + "}",
    '{"type":"sync","data":{"positions":{"01900000-0000-7000-8000-000000000000":1' + "0" * 5_000 + "}}}",
    b"\x00\xff",
    b'{"type":"ping"}',
]


@both
async def test_bad_frame_is_answered_with_an_error_and_the_socket_lives(devices, ruth):
    device = await devices(ruth)
    for raw in BAD_FRAMES:
        await device.send_raw(raw)
        assert (await device.ask("ping"))["type"] == "pong"
        error_, pong = device.frames[-2:]
        assert (error_["type"], error_["data"]["code"], pong["type"]) == ("error", "invalid", "pong"), raw[
            :80
        ]
    assert len(device.frames) == 1 + 2 * len(BAD_FRAMES)


@both
async def test_refused_frame_with_a_ref_is_answered_by_that_ref(devices, ruth):
    device = await devices(ruth)
    frames = [
        '{"type":"ping","ref":5,"more":1}',
        '{"type":5,"ref":5}',
        '{"ref":5}',
        '{"type":"message.burn","ref":5}',
        '{"ref":5,"type":"ping","data":null}',
        '{"ref":5,"type":"ping","data":{"x":"' + "a" * 262_144 + '"}}',
    ]
    for raw in frames:
        await device.send_raw(raw)
    await device.ask("ping")
    assert [(frame["type"], frame.get("ref")) for frame in device.frames[1:-1]] == [("error", 5)] * 6


@both
async def test_frame_of_256_kib_is_read_and_one_byte_more_is_too_large(devices, ruth):
    device = await devices(ruth)
    frame = '{"type":"ping","ref":1}'
    await device.send_raw(frame + " " * (262_144 - len(frame)))
    assert (await device.first("pong"))["ref"] == 1
    await device.send_raw(frame + " " * (262_145 - len(frame)))
    assert (await device.first("error"))["data"] == {
        "code": "too_large",
        "detail": "A frame may have 262144 bytes.",
    }


@both
async def test_ten_bad_frames_in_a_row_end_the_socket_and_nine_do_not(devices, ruth):
    device = await devices(ruth)
    for _ in range(9):
        await device.send_raw("{")
    assert (await device.ask("ping"))["type"] == "pong"
    for _ in range(10):
        await device.send_raw("{")
    assert await device.closed() == 4507
    assert device.bye == {
        "code": 4507,
        "reason": "Too many bad frames in a row.",
        "reconnect": False,
        "retry_after_ms": 0,
    }
    assert [frame["type"] for frame in device.frames].count("error") == 19


EVERYDAY = {
    "FRAMES_PER_SECOND": "20",
    "FRAMES_BURST": "60",
    "MESSAGES_PER_SECOND": "1",
    "MESSAGES_BURST": "60",
}


@pytest.mark.parametrize("lowered", [EVERYDAY], indirect=True)
async def test_frames_above_the_rate_are_refused_with_the_time_to_wait(devices, ruth):
    device = await devices(ruth)
    for ref in range(100):
        await device.send("ping", ref=ref)
    await device.until(lambda frame: frame.get("ref") == 99)
    answers = [(frame["type"], frame["ref"]) for frame in device.frames[1:]]
    assert [ref for _, ref in answers] == list(range(100))
    refused = [frame["data"] for frame in device.frames if frame["type"] == "error"]
    assert 25 <= len(refused) <= 40
    assert {item["code"] for item in refused} == {"rate_limited"}
    assert all(0 < item["retry_after_ms"] <= 50 for item in refused)


@pytest.mark.parametrize("lowered", [EVERYDAY], indirect=True)
async def test_messages_above_the_rate_are_refused_over_socket_and_rest_together(circle, devices, ruth, amos):
    conversation = await circle.pair(ruth, amos)
    device = await devices(ruth)
    for number in range(30):
        await circle.say(ruth, conversation, f"rest {number}")
    for number in range(40):
        await device.send("message.send", text(conversation, f"socket {number}"), ref=number)
    await device.until(lambda frame: frame.get("ref") == 39)
    await device.quiet()
    refused = [frame for frame in device.frames if frame["type"] == "error"]
    assert 5 <= len(refused) <= 10
    assert all(frame["data"]["code"] == "rate_limited" for frame in refused)
    assert all(0 < frame["data"]["retry_after_ms"] <= 1_000 for frame in refused)
    assert (await circle.one(ruth, conversation))["latest_seq"] == 70 - len(refused)
    for number in range(5):
        body = {"type": "text", "content": f"more {number}", "client_id": client_id()}
        answer = await circle.http.post(
            f"/api/v1/conversations/{conversation}/messages/", json=body, headers=ruth.headers
        )
        if answer.is_error:
            break
    assert (answer.status_code, answer.headers.get("Retry-After")) == (429, "1")
