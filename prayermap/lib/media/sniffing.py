"""What a file is, by its first bytes. Names and what the sender says of it count for nothing."""

from __future__ import annotations

from typing import Literal

from .frames import adts_header, mp3_header
from .parts import Source
from .tags import behind_id3

Form = Literal["JPEG", "PNG", "WEBP", "GIF", "WAVE", "FLAC", "MP3", "ADTS", "OGG", "WEBM", "MP4"]

_BEGINNINGS: tuple[tuple[bytes, Form], ...] = (
    (b"\xff\xd8\xff", "JPEG"),
    (b"\x89PNG\r\n\x1a\n", "PNG"),
    (b"GIF87a", "GIF"),
    (b"GIF89a", "GIF"),
    (b"fLaC", "FLAC"),
    (b"OggS", "OGG"),
    (b"\x1aE\xdf\xa3", "WEBM"),
)
_RIFF: dict[bytes, Form] = {b"WEBP": "WEBP", b"WAVE": "WAVE"}
#: First boxes of MP4, and of QuickTime from before it had a type.
_BOXES = frozenset({b"ftyp", b"moov", b"mdat", b"wide", b"free", b"skip", b"pnot"})


def sniff(source: Source) -> Form | None:
    """The format of a file; None for one that is not taken."""
    start = behind_id3(source)
    head = source.up_to(start, 12)
    for beginning, form in _BEGINNINGS:
        if head.startswith(beginning) and (start == 0 or form == "FLAC"):
            return form
    if head[:4] == b"RIFF" and start == 0:
        return _RIFF.get(head[8:12])
    if head[4:8] in _BOXES and start == 0:
        return "MP4"
    if adts_header(head):
        return "ADTS"
    return "MP3" if mp3_header(head) or start > 0 else None
