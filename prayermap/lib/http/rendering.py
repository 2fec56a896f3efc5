"""Answers as JSON, straight from msgspec Structs."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec
from rest_framework.renderers import BaseRenderer

_encoder = msgspec.json.Encoder(enc_hook=str)


class MsgspecRenderer(BaseRenderer):
    """application/json in UTF-8; times as RFC 3339 with `Z`, ids as strings."""

    media_type = "application/json"
    format = "json"
    charset = None

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        return b"" if data is None else as_json(data)


def as_json(data: Any) -> bytes:
    return _encoder.encode(data)
