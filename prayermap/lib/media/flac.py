"""FLAC: what decoders need to know of the stream, and its frames; no comments, pictures, cue sheets, padding."""

from __future__ import annotations

from .facts import Facts
from .parts import Parts, Source
from .tags import before_tags, behind_id3
from .unfit import Unreadable

_STREAMINFO, _SEEKTABLE = 0, 3
_STREAMINFO_BYTES = 34
_LAST = 0x80
_MOST_BLOCKS = 1_000


def clean_flac(source: Source) -> tuple[Parts, Facts]:
    start = behind_id3(source)
    info, seeking, at = _blocks(source, start + 4)
    rate = int.from_bytes(info[10:13], "big") >> 4
    samples = int.from_bytes(info[13:18], "big") & (1 << 36) - 1
    end = before_tags(source, at)
    if not rate or not samples:
        raise Unreadable("The file doesn't say how long it is.")
    frame = source.up_to(at, 2)
    if end < at + 2 or frame[0] != 0xFF or frame[1] & 0xFE != 0xF8:
        raise Unreadable("The file holds no sound.")
    parts = Parts()
    last = bytes([_STREAMINFO | (0 if seeking else _LAST)])
    parts.put(b"fLaC" + last + _STREAMINFO_BYTES.to_bytes(3, "big") + info)
    if seeking:
        parts.put(bytes([_SEEKTABLE | _LAST]) + len(seeking).to_bytes(3, "big") + seeking)
    parts.keep(at, end - at)
    return parts, Facts("audio", "audio/flac", duration_ms=samples * 1_000 // rate)


def _blocks(source: Source, at: int) -> tuple[bytes, bytes, int]:
    """(STREAMINFO, SEEKTABLE or nothing, where the frames begin). Raises Unreadable."""
    info = seeking = b""
    for number in range(_MOST_BLOCKS):
        head = source.at(at, 4)
        kind, length = head[0] & 0x7F, int.from_bytes(head[1:], "big")
        at += 4
        if (kind == _STREAMINFO) != (number == 0) or (number == 0 and length != _STREAMINFO_BYTES):
            raise Unreadable("The file doesn't begin as FLAC does.")
        if kind == _STREAMINFO:
            info = source.at(at, length)
        elif kind == _SEEKTABLE and length % 18 == 0:
            seeking = source.at(at, length)
        at += length
        if head[0] & _LAST:
            return info, seeking, at
    raise Unreadable("The file is in too many pieces.")
