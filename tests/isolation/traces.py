"""What would give a person away, and where it stands in what somebody was told."""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote
from uuid import UUID

#: Cursors, keys of links and sealed values are written in letters like these.
_PACKED = re.compile(r"[A-Za-z0-9_\-+/]{16,}={0,2}")
_UUID = re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}")


def traces_of(*, ids: dict[str, str], words: dict[str, str]) -> dict[str, list[bytes]]:
    """{what it is: how it may be written}; an id with and without its dashes, and as sixteen bytes."""
    found = {what: [word.casefold().encode()] for what, word in words.items()}
    for what, id_ in ids.items():
        found[what] = [id_.encode(), UUID(id_).hex.encode(), UUID(id_).bytes]
    return found


def traces_in(told: str | bytes, traces: dict[str, list[bytes]]) -> list[str]:
    """Which of them stand there: as it is, with its escapes undone, or packed into base64."""
    raw = told.encode() if isinstance(told, str) else told
    readings = list(_readings(raw))
    return [
        what
        for what, forms in traces.items()
        if any(form in reading or form in reading.lower() for form in forms for reading in readings)
    ]


def _readings(raw: bytes) -> Iterator[bytes]:
    yield raw
    text = raw.decode(errors="replace")
    yield unquote(text).casefold().encode()
    yield (
        re.sub(r"\\u([0-9a-fA-F]{4})", lambda found: chr(int(found[1], 16)), text)
        .casefold()
        .encode("utf-8", "replace")
    )
    for packed in set(_PACKED.findall(unquote(text))):
        plain = packed.rstrip("=").replace("+", "-").replace("/", "_")
        try:
            yield base64.urlsafe_b64decode(plain + "=" * (-len(plain) % 4))
        except binascii.Error:
            continue


def uuids_in(text: str) -> set[str]:
    return set(_UUID.findall(text.lower()))


def objects_with(told: str, word: str) -> Iterator[str]:
    """Every JSON object that holds this word as a value of its own, as JSON again."""
    try:
        value = json.loads(told)
    except ValueError:
        return
    yield from _objects(value, word)


def _objects(value: Any, word: str) -> Iterator[str]:
    if isinstance(value, dict):
        if any(isinstance(inner, str) and word in inner for inner in value.values()):
            yield json.dumps(value)
        for inner in value.values():
            yield from _objects(inner, word)
    elif isinstance(value, list):
        for inner in value:
            yield from _objects(inner, word)
