"""Tags that stand before and behind sound: ID3 of both versions, APEv2, Lyrics3. They are skipped, never read."""

from __future__ import annotations

from .parts import Source

_MOST_TAGS = 16


def behind_id3(source: Source, at: int = 0) -> int:
    """Where the file goes on behind any ID3v2 tags that begin at `at`."""
    for _ in range(_MOST_TAGS):
        head = source.up_to(at, 10)
        if len(head) < 10 or head[:3] != b"ID3":
            return at
        size = head[6] << 21 | head[7] << 14 | head[8] << 7 | head[9]
        at += 10 + size + (10 if head[5] & 0x10 else 0)
    return at


def before_tags(source: Source, start: int) -> int:
    """Where the tags at the end of the file begin; what lies between `start` and there is no tag."""
    end = source.size
    for _ in range(_MOST_TAGS):
        length = _tag_before(source, end)
        if not length or end - length < start:
            return end
        end -= length
    return end


def _tag_before(source: Source, end: int) -> int:
    """The length of the tag that ends at `end`; 0 where there is none."""
    if end >= 128 and source.at(end - 128, 3) == b"TAG":
        return 128
    if end >= 227 and source.at(end - 227, 4) == b"TAG+":
        return 227
    if end >= 32 and source.at(end - 32, 8) == b"APETAGEX":
        footer = source.at(end - 32, 32)
        return int.from_bytes(footer[12:16], "little") + (32 if footer[23] & 0x80 else 0)
    if end >= 15 and source.at(end - 9, 9) == b"LYRICS200":
        size = source.at(end - 15, 6)
        return int(size) + 15 if size.isdigit() else 0
    if end >= 10 and source.at(end - 10, 3) == b"3DI":
        foot = source.at(end - 10, 10)
        return 20 + (foot[6] << 21 | foot[7] << 14 | foot[8] << 7 | foot[9])
    return 0
