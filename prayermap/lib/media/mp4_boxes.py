"""Boxes of MP4 and QuickTime (ISO 14496-12): finding them, emptying them, keeping those that players need.

An emptied box becomes a `free` box of the same size, of zeros, so that no offset in the file changes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple, Union

from .unfit import Unfit, Unreadable

_MOST_DEPTH = 10
#: Descriptions of groups of samples that matter for playing; others hold whatever a camera likes.
_GROUPS = frozenset({b"roll", b"prol", b"rap ", b"sync", b"tele"})


class Box(NamedTuple):
    kind: bytes
    start: int
    body: int
    end: int


Edit = Callable[[bytearray, Box], None]
#: What may stand in a box: kept as it is, edited, or looked into. All else is emptied.
Table = Mapping[bytes, Union[Edit, "Table", None]]


def boxes(data: bytes | bytearray, start: int, end: int) -> Iterator[Box]:
    """The boxes between `start` and `end`, one behind the other. Raises Unreadable where they don't fit."""
    at = start
    while at + 8 <= end:
        size, body = int.from_bytes(data[at : at + 4], "big"), at + 8
        kind = bytes(data[at + 4 : at + 8])
        if size == 1 and at + 16 <= end:
            size, body = int.from_bytes(data[at + 8 : at + 16], "big"), at + 16
        elif size == 0:
            size = end - at
        if at + size < body or at + size > end:
            raise Unreadable("The boxes of the file don't fit into each other.")
        yield Box(kind, at, body, at + size)
        at += size


def child(data: bytes | bytearray, parent: Box, *path: bytes) -> Box | None:
    """The first box along this path."""
    at = parent
    for kind in path:
        found = next((box for box in boxes(data, at.body, at.end) if box.kind == kind), None)
        if found is None:
            return None
        at = found
    return at


def empty(data: bytearray, box: Box) -> None:
    data[box.start + 4 : box.start + 8] = b"free"
    blank(data, box.body, box.end)


def blank(data: bytearray, start: int, end: int) -> None:
    data[start:end] = bytes(end - start)


def prune(data: bytearray, start: int, end: int, table: Table, depth: int = 0) -> None:
    """Empty every box that isn't in the table, edit those that want it; what is no box at the end becomes zeros."""
    if depth > _MOST_DEPTH:
        raise Unreadable("The file's boxes lie too deep in each other.")
    at = start
    for box in boxes(data, start, end):
        at = box.end
        rule = table.get(box.kind, empty)
        if rule is None:
            continue
        if callable(rule):
            rule(data, box)
        else:
            prune(data, box.body, box.end, rule, depth + 1)
    blank(data, at, end)


def _forget_times(data: bytearray, box: Box) -> None:
    """When it was made and changed."""
    blank(data, box.body + 4, box.body + (20 if data[box.body] else 12))


def _forget_name(data: bytearray, box: Box) -> None:
    """The maker of the program and what it calls this part, behind the type of what is handled."""
    blank(data, box.body + 12, box.end)


def _only_here(data: bytearray, box: Box) -> None:
    """Samples lie in this very file; whatever else a reference says (paths, names of disks) is emptied."""
    for reference in boxes(data, box.body + 8, box.end):
        if not data[reference.body + 3] & 1:
            raise Unfit("The film lies partly in other files.")
        blank(data, reference.body + 4, reference.end)


def _keep_group(data: bytearray, box: Box) -> None:
    if bytes(data[box.body + 4 : box.body + 8]) not in _GROUPS:
        empty(data, box)


def _bare_entries(data: bytearray, box: Box) -> None:
    """Descriptions of samples: without makers' and encoders' names, and of their extensions only decoders' own."""
    for entry in boxes(data, box.body + 8, box.end):
        if entry.kind in (b"encv", b"enca", b"drms", b"drmi"):
            raise Unfit("The file is encrypted.")
        version = int.from_bytes(data[entry.body + 8 : entry.body + 10], "big")
        blank(data, entry.body + 12, entry.body + 16)  # vendor
        if entry.kind in _SOUNDS or not _is_picture(data, entry):
            inside = entry.body + 28 + {1: 16, 2: 36}.get(version, 0)
        else:
            blank(data, entry.body + 42, entry.body + 74)  # compressorname
            inside = entry.body + 78
        if inside > entry.end:
            raise Unreadable("A description in the file is cut off.")
        prune(data, inside, entry.end, _DESCRIPTION, 1)


_SOUNDS = frozenset({
    b"mp4a", b"alac", b"Opus", b"fLaC", b"ac-3", b"ec-3", b".mp3", b"samr", b"sawb", b"sowt", b"twos", b"lpcm",
    b"in24", b"in32", b"fl32", b"fl64", b"ulaw", b"alaw", b"ima4",
})  # fmt: skip


def _is_picture(data: bytearray, entry: Box) -> bool:
    """By its own width and height, where a sound would have its rate and zeros."""
    width, height = data[entry.body + 24 : entry.body + 26], data[entry.body + 26 : entry.body + 28]
    return entry.end - entry.body >= 78 and any(width) and any(height)


_DESCRIPTION: Table = dict.fromkeys((
    b"avcC", b"hvcC", b"vvcC", b"vpcC", b"av1C", b"dvcC", b"dvvC", b"esds", b"colr", b"pasp", b"clap", b"fiel",
    b"btrt", b"dOps", b"dfLa", b"dac3", b"dec3", b"alac", b"chan", b"wave", b"damr", b"SmDm", b"CoLL", b"mdcv", b"clli",
))  # fmt: skip
_TABLES: Table = dict.fromkeys(
    (b"stts", b"ctts", b"stss", b"stps", b"stsc", b"stsz", b"stz2", b"stco", b"co64", b"sdtp", b"cslg")
) | {b"stsd": _bare_entries, b"sgpd": _keep_group, b"sbgp": _keep_group}
_TRACK: Table = {
    b"tkhd": _forget_times,
    b"edts": {b"elst": None},
    b"mdia": {
        b"mdhd": _forget_times,
        b"hdlr": _forget_name,
        b"minf": {
            b"vmhd": None,
            b"smhd": None,
            b"hdlr": _forget_name,
            b"dinf": {b"dref": _only_here},
            b"stbl": _TABLES,
        },
    },
}
MOVIE: Table = {
    b"mvhd": _forget_times,
    b"trak": _TRACK,
    b"mvex": {b"mehd": None, b"trex": None},
}
FRAGMENT: Table = {
    b"mfhd": None,
    b"traf": {b"tfhd": None, b"tfdt": None, b"trun": None, b"sgpd": _keep_group, b"sbgp": _keep_group},
}
