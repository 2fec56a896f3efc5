"""Ogg with Opus or Vorbis: the packet of comments (pictures too) is overwritten in place, so that no page moves."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import NamedTuple

from .facts import Facts
from .parts import Parts, Source
from .unfit import Unfit, Unreadable

_CONTINUED, _FIRST, _LAST = 1, 2, 4
#: Headers come before all sound: comments with a picture, and Vorbis' tables.
_MOST_HEADER_BYTES = 8_388_608
_NO_POSITION = 0xFFFFFFFFFFFFFFFF


class Page(NamedTuple):
    start: int
    flags: int
    position: int
    serial: int
    lacing: bytes

    @property
    def body(self) -> int:
        return self.start + 27 + len(self.lacing)

    @property
    def size(self) -> int:
        return 27 + len(self.lacing) + sum(self.lacing)


class _Codec(NamedTuple):
    """The beginnings of its headers, and what ends an empty packet of comments."""

    first: bytes
    comments: bytes
    headers: int
    closing: bytes


_OPUS = _Codec(b"OpusHead", b"OpusTags", 2, b"")
_VORBIS = _Codec(b"\x01vorbis", b"\x03vorbis", 3, b"\x01")


def clean_ogg(source: Source) -> tuple[Parts, Facts]:
    pages = _pages(source)
    first = next(pages)
    codec, rate, skipped = _identify(source, first)
    headers = _header_pages(pages, codec)
    parts = Parts()
    parts.keep(first.start, first.size)
    for whole in _without_comments(source, headers, codec):
        parts.put(whole)
    position = 0
    for page in pages:
        if page.serial != first.serial or page.flags & _FIRST:
            raise Unfit("Of Ogg, one sound alone is taken.")
        parts.keep(page.start, page.size)
        if page.position != _NO_POSITION:
            position = page.position
        if page.flags & _LAST:
            break
    if position <= skipped:
        raise Unreadable("The file holds no sound.")
    return parts, Facts("audio", "audio/ogg", duration_ms=(position - skipped) * 1_000 // rate)


def _pages(source: Source) -> Iterator[Page]:
    at = 0
    while at < source.size:
        head = source.at(at, 27)
        capture, version, flags, position, serial, _, _, count = struct.unpack("<4sBBQIIIB", head)
        if capture != b"OggS" or version:
            raise Unreadable("The pages of the file don't follow each other.")
        page = Page(at, flags, position, serial, source.at(at + 27, count))
        if page.start + page.size > source.size:
            raise Unreadable("The file is cut off.")
        yield page
        at += page.size


def _identify(source: Source, page: Page) -> tuple[_Codec, int, int]:
    """(codec, positions a second, positions before the sound begins). The packet must be no longer than it needs to be."""
    packet = source.at(page.body, sum(page.lacing))
    if packet.startswith(_OPUS.first) and len(packet) >= 19:
        channels, skipped, family = packet[9], int.from_bytes(packet[10:12], "little"), packet[18]
        if len(packet) == (19 if family == 0 else 21 + channels):
            return _OPUS, 48_000, skipped
    if packet.startswith(_VORBIS.first) and len(packet) == 30:
        rate = int.from_bytes(packet[12:16], "little")
        if rate:
            return _VORBIS, rate, 0
    raise Unfit("Of Ogg, Opus and Vorbis are taken.")


def _header_pages(pages: Iterator[Page], codec: _Codec) -> list[Page]:
    """The pages that hold the headers after the first; sound begins on a page of its own. Raises Unfit."""
    found: list[Page] = []
    wanted, total = codec.headers - 1, 0
    for page in pages:
        if page.flags & _FIRST:
            raise Unfit("Of Ogg, one sound alone is taken.")
        found.append(page)
        total += page.size
        if total > _MOST_HEADER_BYTES:
            break
        wanted -= sum(length < 255 for length in page.lacing)
        if wanted == 0 and page.lacing and page.lacing[-1] < 255:
            return found
        if wanted < 0:
            break
    raise Unreadable("The headers of the file can't be read.")


def _without_comments(source: Source, pages: list[Page], codec: _Codec) -> Iterator[bytes]:
    """These pages, whole, with the first packet in them emptied: as long as it was, but zeros."""
    length, lacings = 0, b"".join(page.lacing for page in pages)
    for lacing in lacings:
        length += lacing
        if lacing < 255:
            break
    empty = codec.comments + bytes(8) + codec.closing
    bodies = b"".join(source.at(page.body, sum(page.lacing)) for page in pages)
    if length < len(empty) or not bodies.startswith(codec.comments):
        raise Unreadable("The headers of the file can't be read.")
    bodies = empty.ljust(length, b"\0") + bodies[length:]
    at = 0
    for page in pages:
        behind = at + sum(page.lacing)
        whole = bytearray(source.at(page.start, 27) + page.lacing + bodies[at:behind])
        at = behind
        whole[22:26] = bytes(4)
        whole[22:26] = checksum(whole).to_bytes(4, "little")
        yield bytes(whole)


def checksum(page: bytes | bytearray) -> int:
    """RFC 3533: CRC-32 of 0x04c11db7, from zero, nothing reflected."""
    crc = 0
    for byte in page:
        crc = (crc << 8) & 0xFFFFFFFF ^ _TABLE[crc >> 24 ^ byte]
    return crc


def _table_entry(byte: int) -> int:
    crc = byte << 24
    for _ in range(8):
        crc = (crc << 1) & 0xFFFFFFFF ^ (0x04C11DB7 if crc & 0x80000000 else 0)
    return crc


_TABLE = [_table_entry(byte) for byte in range(256)]
