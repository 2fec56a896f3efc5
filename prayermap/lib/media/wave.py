"""WAV: the format and the sound are kept, in a file of its own; LIST, bext, iXML, id3 and all other chunks are not."""

from __future__ import annotations

import struct

from .facts import Facts
from .parts import Parts, Source
from .unfit import Unfit, Unreadable

_PCM, _FLOAT, _A_LAW, _MU_LAW, _EXTENSIBLE = 1, 3, 6, 7, 0xFFFE
_PLAIN = (_PCM, _FLOAT, _A_LAW, _MU_LAW)
#: What follows the two bytes of the inner format in every such identifier (KSDATAFORMAT_SUBTYPE_…).
_GUID_TAIL = bytes.fromhex("000000001000800000aa00389b71")
#: What a recorder writes that couldn't know how long it would go on: what follows could be sound or anything.
_OPEN_ENDED = 0xFFFFFFFF
_MOST_CHUNKS = 1_000


def clean_wave(source: Source) -> tuple[Parts, Facts]:
    form, at, length = _find(source)
    tag, channels, rate, per_second, align, bits = struct.unpack("<HHIIHH", form[:16])
    if not (channels and rate and align) or per_second != rate * align:
        raise Unreadable("The sound's format contradicts itself.")
    length -= length % align
    if not length:
        raise Unreadable("The file holds no sound.")
    head = struct.pack("<HHIIHH", tag, channels, rate, per_second, align, bits) + _extension(tag, form)
    parts = Parts()
    size = 4 + 8 + len(head) + 8 + length + length % 2
    parts.put(b"RIFF" + struct.pack("<I", size) + b"WAVEfmt " + struct.pack("<I", len(head)) + head)
    parts.put(b"data" + struct.pack("<I", length))
    parts.keep(at, length)
    parts.blank(length % 2)
    return parts, Facts("audio", "audio/wav", duration_ms=length * 1_000 // per_second)


def _find(source: Source) -> tuple[bytes, int, int]:
    """(format, where the sound begins, how long it is). Raises Unreadable."""
    form, at = b"", 12
    for _ in range(_MOST_CHUNKS):
        name, length = struct.unpack("<4sI", source.at(at, 8))
        at += 8
        if name == b"fmt ":
            form = source.at(at, min(length, 40))
        elif name == b"data":
            if len(form) < 16:
                raise Unreadable("The sound comes before its format.")
            if length == _OPEN_ENDED:
                raise Unreadable("The file doesn't say how long it is.")
            if at + length > source.size:
                raise Unreadable("The file is cut off.")
            return form, at, length
        at += length + length % 2
    raise Unreadable("The file is in too many pieces.")


def _extension(tag: int, form: bytes) -> bytes:
    """What follows the first 16 bytes of a format, made anew."""
    if tag == _PCM:
        return b""
    if tag in _PLAIN:
        return b"\0\0"
    if tag != _EXTENSIBLE or len(form) < 40:
        raise Unfit("Of WAV, only sound that isn't compressed is taken.")
    bits, mask, inner = struct.unpack("<HIH", form[18:26])
    if inner not in _PLAIN or form[26:40] != _GUID_TAIL:
        raise Unfit("Of WAV, only sound that isn't compressed is taken.")
    return struct.pack("<HHIH", 22, bits, mask, inner) + _GUID_TAIL
