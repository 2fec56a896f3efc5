"""AsyncAPI from the frames' own structs, and a page that shows it without any outside host."""

from __future__ import annotations

from functools import cache
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from messaging.schemas.frames import CLIENT_FRAMES, SERVER_FRAMES
from prayermap.lib.http.policy import INLINE_STYLES, with_policy

_REFERENCE = "#/components/schemas/{name}"
_SUBPROTOCOL = "prayermap.v1"


def asyncapi_json(request: HttpRequest) -> JsonResponse:
    """GET /api/v1/asyncapi.json"""
    return JsonResponse(document())


@with_policy(INLINE_STYLES)
def asyncapi_page(request: HttpRequest) -> HttpResponse:
    """GET /api/v1/asyncapi/: the same for reading."""
    described = document()
    schemas = described["components"]["schemas"]
    groups = [
        ("A client sends", _rows(CLIENT_FRAMES, schemas)),
        ("The server sends", _rows(SERVER_FRAMES, schemas)),
    ]
    return render(request, "messaging/asyncapi.html", {"document": described, "groups": groups})


@cache
def document() -> dict[str, Any]:
    """The AsyncAPI 3.0 document of the socket."""
    known: set[type[msgspec.Struct]] = {*CLIENT_FRAMES.values(), *SERVER_FRAMES.values()}
    shapes = sorted(known, key=lambda shape: shape.__name__)
    _, schemas = msgspec.json.schema_components(shapes, ref_template=_REFERENCE)
    messages = {name: _message(name, shape, ref=True) for name, shape in CLIENT_FRAMES.items()}
    messages |= {name: _message(name, shape, ref=name == "error") for name, shape in SERVER_FRAMES.items()}
    messages["ok"] = {
        "name": "ok",
        "summary": "The answer to the frame with this ref.",
        "payload": {
            "type": "object",
            "required": ["type", "ref"],
            "properties": {"type": {"const": "ok"}, "ref": _REF, "data": {"type": "object"}},
        },
    }
    return {
        "asyncapi": "3.0.0",
        "info": {
            "title": "PrayerMap messaging socket",
            "version": "1",
            "description": "Open with a one-time ticket: POST /api/v1/ws/ticket/, then /ws/v1/?ticket=…, "
            f"subprotocol {_SUBPROTOCOL}. Every frame is one JSON object in a text message.",
        },
        "channels": {
            "socket": {
                "address": "/ws/v1/",
                "messages": {
                    _key(name): {"$ref": f"#/components/messages/{_key(name)}"} for name in messages
                },
                "bindings": {
                    "ws": {"query": {"type": "object", "properties": {"ticket": {"type": "string"}}}}
                },
            }
        },
        "operations": {
            "clientSends": _operation("receive", CLIENT_FRAMES),
            "serverSends": _operation("send", [*SERVER_FRAMES, "ok"]),
        },
        "components": {
            "messages": {_key(name): message for name, message in messages.items()},
            "schemas": schemas,
        },
    }


_REF: dict[str, Any] = {"oneOf": [{"type": "string", "maxLength": 64}, {"type": "integer"}]}


def _key(name: str) -> str:
    """AsyncAPI keys take no dots."""
    head, *rest = name.split(".")
    return head + "".join(part.title() for part in rest)


def _message(name: str, shape: type[msgspec.Struct], *, ref: bool) -> dict[str, Any]:
    properties: dict[str, Any] = {
        "type": {"const": name},
        "data": {"$ref": _REFERENCE.format(name=shape.__name__)},
    }
    if ref:
        properties["ref"] = _REF
    payload = {"type": "object", "required": ["type"], "properties": properties}
    summary = (shape.__doc__ or "").strip().splitlines()
    return {"name": name, "payload": payload} | ({"summary": summary[0]} if summary else {})


def _operation(action: str, names: Any) -> dict[str, Any]:
    return {
        "action": action,
        "channel": {"$ref": "#/channels/socket"},
        "messages": [{"$ref": f"#/channels/socket/messages/{_key(name)}"} for name in names],
    }


def _rows(frames: dict[str, type[msgspec.Struct]], schemas: dict[str, Any]) -> list[dict[str, Any]]:
    return [
        {"type": name, "schema": schemas.get(shape.__name__, {}), "about": (shape.__doc__ or "").strip()}
        for name, shape in frames.items()
    ]
