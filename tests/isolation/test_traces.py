"""The search for traces finds what is planted, in every way that it may be written."""

import base64
import json
from urllib.parse import quote
from uuid import UUID, uuid4

import pytest

from tests.isolation.traces import objects_with, traces_in, traces_of, uuids_in

ID = str(uuid4())
TRACES = traces_of(ids={"user": ID}, words={"name": "Xanthé Merriweather", "address": "xanthe1@example.com"})


@pytest.mark.parametrize(
    ("told", "what"),
    [
        (f'{{"user": "{ID}"}}', "user"),
        (f"/files/{UUID(ID).hex}/", "user"),
        (b"\x00\x01" + UUID(ID).bytes, "user"),
        (f"?cursor={base64.urlsafe_b64encode(json.dumps([1, ID]).encode()).decode().rstrip('=')}", "user"),
        (f"?cursor={base64.b64encode(b'ab' + UUID(ID).bytes).decode()}", "user"),
        (f"?cursor={quote(base64.b64encode(b'abc' + UUID(ID).bytes).decode())}", "user"),
        (f"?user={ID.upper()}", "user"),
        (json.dumps({"sender_name": "Xanthé Merriweather"}), "name"),
        ("XANTHÉ MERRIWEATHER has joined", "name"),
        (f"?who={quote('Xanthé Merriweather')}", "name"),
        ("mail to Xanthe1@Example.com", "address"),
    ],
)
def test_what_is_planted_is_found(told, what):
    assert traces_in(told, TRACES) == [what]


def test_others_are_not_taken_for_the_person():
    assert traces_in(json.dumps({"user": str(uuid4()), "name": "Someone", "of": "Xanthé"}), TRACES) == []


def test_objects_and_ids_are_found_wherever_they_stand():
    told = json.dumps(
        {"results": [{"content": "sealed words", "sender": ID}, {"content": "other"}], "next": None}
    )
    assert [json.loads(found)["sender"] for found in objects_with(told, "sealed")] == [ID]
    assert uuids_in(told) == {ID}
    assert list(objects_with("no JSON, sealed", "sealed")) == []
