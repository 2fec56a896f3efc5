"""/api/v1/asyncapi.json describes every frame; `Device` holds each frame that any test sees against it."""

import json
from collections.abc import Iterator
from typing import Any

import msgspec
import pytest

from messaging.realtime.handlers import HANDLERS
from messaging.schemas.frames import CLIENT_FRAMES, SERVER_FRAMES
from tests.messaging.realtime.device import check_frame
from tests.messaging.realtime.people import text

CONTRACT_CLIENT = {
    "message.send",
    "receipt",
    "typing",
    "sync",
    "changes",
    "client.state",
    "auth.refresh",
    "ping",
}
CONTRACT_SERVER = {
    "ok",
    "error",
    "pong",
    "welcome",
    "message.new",
    "receipt",
    "typing",
    "conversation.updated",
    "conversation.removed",
    "member.updated",
    "batch",
    "auth.expiring",
    "bye",
}


@pytest.fixture
def document(client, db) -> dict[str, Any]:
    return client.get("/api/v1/asyncapi.json").json()


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if isinstance(part.get("$ref"), str):
            yield part["$ref"]
        for inner in part.values():
            yield from references(inner)
    elif isinstance(part, list):
        for inner in part:
            yield from references(inner)


def test_every_reference_leads_somewhere(document):
    found = set(references(document))
    assert found
    for reference in found:
        part = document
        for step in reference.removeprefix("#/").split("/"):
            part = part[step]
        assert part


def test_both_directions_are_described_in_full(document):
    def names(operation: str) -> set[str]:
        keys = [item["$ref"].rpartition("/")[2] for item in document["operations"][operation]["messages"]]
        return {document["components"]["messages"][key]["name"] for key in keys}

    assert document["asyncapi"] == "3.0.0"
    assert names("clientSends") >= CONTRACT_CLIENT
    assert names("serverSends") >= CONTRACT_SERVER
    assert set(HANDLERS) == set(CLIENT_FRAMES)
    assert set(SERVER_FRAMES) | {"ok"} == names("serverSends")


def test_description_tells_right_from_wrong():
    check_frame({"type": "pong", "data": {"server_time": "2026-11-24T05:00:00Z"}})
    for wrong in ({"type": "pong", "data": {}}, {"type": "bye", "data": {"code": "4001"}}):
        with pytest.raises(ValueError, match=r"required|is not of type"):
            check_frame(wrong)


def test_shapes_of_client_frames_are_those_that_validate():
    body = text("01900000-0000-7000-8000-000000000000", "Peace")
    decoded = msgspec.json.decode(json.dumps(body), type=CLIENT_FRAMES["message.send"])
    assert (str(decoded.conversation), decoded.content) == (body["conversation"], "Peace")
