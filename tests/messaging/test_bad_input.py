"""Whatever somebody sends: a clear refusal, never a 500."""

from collections import defaultdict
from uuid import uuid4

import msgspec
import pytest
from django.test import Client

from tests.isolation.test_endpoints import addresses
from tests.messaging.actors import new_id

pytestmark = pytest.mark.django_db

TEXT = b'{"type": "text", "content": %s}'
RAW = {
    "nothing": b"",
    "a word": b"hello",
    "half an object": b'{"type": "text", "content": "x"',
    "two objects": b"{}{}",
    "an array": b"[]",
    "null": b"null",
    "a number": b"7",
    "a string": b'"x"',
    "not UTF-8": TEXT % b'"\xff\xfe"',
    "a lone surrogate, escaped": TEXT % rb'"\ud800"',
    "a lone low surrogate": TEXT % rb'"\udc00x"',
    "a lone surrogate in UTF-8": TEXT % b'"\xed\xa0\x80"',
    "NUL, escaped": TEXT % rb'"a\u0000b"',
    "NUL as it is": TEXT % b'"a\0b"',
    "NUL in a field's name": b'{"type": "text", "content": "x", "\\u0000": 1}',
    "NaN": TEXT % b"NaN",
    "a huge number": TEXT % (b"9" * 5_000),
    "a number beyond doubles": TEXT % b"1e999",
    "deep arrays": TEXT % (b"[" * 50_000 + b"]" * 50_000),
    "deep objects in a payload": b'{"type":"location","payload":'
    + b'{"a":' * 50_000
    + b"1"
    + b"}" * 50_000
    + b"}",
    "a big integer in a payload": b'{"type":"location","payload":{"latitude":%s,"longitude":1}}'
    % (b"9" * 400),
    "an infinite place": b'{"type":"location","payload":{"latitude":1e400,"longitude":1}}',
    "the same field twice": b'{"type": "poem", "type": "verse"}',
    "a byte order mark": b"\xef\xbb\xbf{}",
}


@pytest.fixture
def room(ruth, amos):
    return ruth.group(amos)


@pytest.mark.parametrize("raw", RAW.values(), ids=RAW.keys())
def test_a_body_that_cannot_be_read_is_400_without_being_repeated(ruth, room, raw):
    answer = ruth.call("POST", f"conversations/{room}/messages/", raw=raw)
    assert answer.refusal == (400, "invalid")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert len(str(answer.body)) < 500
    assert ruth.see(room)["latest_seq"] == 0


@pytest.mark.parametrize(
    "name", ["half an object", "null", "a lone surrogate, escaped", "NUL, escaped", "deep arrays", "NaN"]
)
def test_no_address_answers_any_body_with_500(ruth, room, name):
    member, raw = ruth.member_id(room), RAW[name]
    for address in addresses():
        for method in ("POST", "PATCH", "PUT", "DELETE"):
            known = {"conversation": room, "member": member, "seq": 1}
            path = address.format_map(defaultdict(uuid4, known))
            if path.endswith(f"{member}/") and method == "DELETE":
                continue  # one would leave
            answer = ruth.call(method, path, raw=raw)
            assert answer.status < 500, (method, path, answer.body)


def test_ten_megabytes_are_413(ruth, room):
    raw = TEXT % (b'"' + b"x" * 10_000_000 + b'"')
    for path in (f"conversations/{room}/messages/", "sync/", "conversations/", "me/blocks/", "ws/ticket/"):
        answer = ruth.call("POST", path, raw=raw)
        assert answer.refusal == (413, "too_large")
        assert answer.headers["Content-Type"] == "application/problem+json"


def test_a_mebibyte_is_read(ruth, room):
    raw = TEXT % b'"x"'
    assert (
        ruth.call("POST", f"conversations/{room}/messages/", raw=raw + b" " * (1_048_576 - len(raw))).status
        == 201
    )
    assert ruth.call("POST", f"conversations/{room}/messages/", raw=raw + b" " * 1_048_576).status == 413


@pytest.mark.parametrize(
    "content_type", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data", ""]
)
def test_another_content_type_is_400(ruth, room, content_type):
    answer = ruth.call(
        "POST", f"conversations/{room}/messages/", raw=TEXT % b'"x"', content_type=content_type
    )
    assert answer.refusal == (400, "invalid")


def test_a_charset_in_the_content_type_is_fine(ruth, room):
    answer = ruth.call(
        "POST",
        f"conversations/{room}/messages/",
        raw=TEXT % b'"x"',
        content_type="application/json; charset=utf-8",
    )
    assert answer.status == 201


@pytest.mark.parametrize("accept", ["text/html", "application/xml", "*/*", "nonsense"])
def test_whatever_is_accepted_the_answer_is_no_500(ruth, room, accept):
    answer = ruth.call("GET", f"conversations/{room}/", headers={"Accept": accept})
    assert answer.status in {200, 406}


@pytest.mark.parametrize(
    "part", ["%00", "..", "%ff", "\u202e", "a" * 5_000, "00000000-0000-0000-0000-00000000000g"]
)
def test_an_address_that_is_none_is_404_as_a_problem(ruth, part):
    answer = ruth.get(f"conversations/{part}/")
    assert (answer.refusal, answer.headers["Content-Type"]) == (
        (404, "not_found"),
        "application/problem+json",
    )


@pytest.mark.parametrize("is_debugging", [False, True])
@pytest.mark.parametrize("method", ["GET", "POST", "PUT", "DELETE"])
def test_an_address_that_leads_nowhere_is_a_problem_on_a_trial_server_too(
    ruth, settings, method, is_debugging
):
    settings.DEBUG = is_debugging
    for path in (
        "nope/",
        "nope",
        "conversations/xyz/",
        "conversations/xyz/messages/1/reactions//",
        "docs/more/",
    ):
        answer = ruth.call(method, path)
        assert (answer.refusal, answer.headers["Content-Type"], answer.headers["Cache-Control"]) == (
            (404, "not_found"),
            "application/problem+json",
            "private, no-store",
        ), path


def test_who_reads_and_forgets_the_slash_is_led_there(ruth):
    answer = ruth.get("me/blocks?limit=1")
    assert (answer.status, answer.headers["Location"]) == (301, "/api/v1/me/blocks/?limit=1")
    assert ruth.post("me/blocks", {}).refusal == (404, "not_found")


@pytest.mark.parametrize("path", ["me/blocks", "nothing/"])
def test_who_writes_to_an_address_that_is_none_is_told_so_and_not_of_a_cookie(ruth, path):
    ruth.client = Client(enforce_csrf_checks=True)
    assert ruth.post(path, {}).refusal == (404, "not_found")
    answer = ruth.client.post(f"/api/v1/{path}", {}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_text_of_many_scripts_is_stored_byte_for_byte(ruth, amos, room):
    texts = [
        "\u0628\u0650\u0633\u0652\u0645\u0650 \u0671\u0644\u0644\u0651\u064e\u0647\u0650",
        "\u05d1\u05bc\u05b0\u05e8\u05b5\u05d0\u05e9\u05b4\u05c1\u05d9\u05ea",
        "\u1218\u12dd\u1219\u122d",
        "\u0928\u092e\u0938\u094d\u0924\u0947",
        "\u795e\u611b\u4e16\u4eba",
        "\U0001f468\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466 \U0001f3f4\U000e0067\U000e0062\U000e007f",
        "e\u0301 \u00e9 \u212b A\u030a",
        "  leading and trailing  ",
        "\\ \" ' %s {} <b>&amp;</b> \u2028 \u2029 \x7f \x1b[31m",
        "\t\r\nline\r\n",
        "\U0010ffff\ufffe\uffff x",
        '{"type": "text"}',
    ]  # fmt: skip
    for text in texts:
        assert ruth.say(room, text, client_id=new_id())["content"] == text
    history = amos.ok("GET", f"conversations/{room}/messages/?after=0")["results"]
    assert [row["content"] for row in history] == texts


def test_an_answer_is_valid_json_in_utf8(ruth, room):
    ruth.say(room, "\u2028 \u0007 \U0001f64f")
    response = ruth.client.get(f"/api/v1/conversations/{room}/messages/", headers=ruth.headers)
    assert msgspec.json.decode(response.content)["results"][0]["content"] == "\u2028 \u0007 \U0001f64f"
