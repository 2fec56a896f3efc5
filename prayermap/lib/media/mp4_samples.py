"""Where the samples of an MP4 track lie, and how long they take: the tables of `stbl`, and the runs of fragments."""

from __future__ import annotations

import struct
from typing import NamedTuple

from .mp4_boxes import Box, boxes, child
from .unfit import Unreadable

_MOST_SAMPLES = 20_000_000

Range = tuple[int, int]  # start and end in the file


class Defaults(NamedTuple):
    """Of a track's fragments: ticks and bytes of a sample that doesn't say otherwise."""

    ticks: int
    size: int


class FragmentSamples(NamedTuple):
    track: int
    ranges: list[Range]
    ticks: int
    #: Where the samples end: the next track of the fragment may begin there.
    end: int


def uint(data: bytes | bytearray, at: int, length: int) -> int:
    """An unsigned number. Raises Unreadable behind the end."""
    if at < 0 or at + length > len(data):
        raise Unreadable("A box of the file is cut off.")
    return int.from_bytes(data[at : at + length], "big")


def movie_samples(data: bytearray, table: Box) -> tuple[list[Range], int]:
    """(where they lie, ticks of all together) by a track's `stbl`. Fragmented files have empty ones."""
    chunks = _chunks(data, table)
    sizes = _sizes(data, table)
    spans = _numbers(data, child(data, table, b"stsc"), "III")
    ranges: list[Range] = []
    sample = 0
    for index, (first, per_chunk, _) in enumerate(spans):
        last = spans[index + 1][0] - 1 if index + 1 < len(spans) else len(chunks)
        if not 1 <= first <= last + 1 or last > len(chunks):
            raise Unreadable("The tables of the file contradict each other.")
        for chunk in range(first - 1, last):
            if sample >= sizes.number:
                break
            wanted = min(per_chunk, sizes.number - sample)
            start = chunks[chunk]
            ranges.append((start, start + sizes.of(sample, wanted)))
            sample += wanted
    if sample < sizes.number:
        raise Unreadable("The tables of the file contradict each other.")
    times = _numbers(data, child(data, table, b"stts"), "II")
    return [r for r in ranges if r[1] > r[0]], sum(count * ticks for count, ticks in times)


class _Sizes(NamedTuple):
    """Bytes of each sample: one number for all, or all numbers."""

    number: int
    each: int
    all: tuple[int, ...]

    def of(self, first: int, wanted: int) -> int:
        return self.each * wanted if self.each else sum(self.all[first : first + wanted])


def _sizes(data: bytearray, table: Box) -> _Sizes:
    box = child(data, table, b"stsz")
    if box is not None:
        each, count = uint(data, box.body + 4, 4), uint(data, box.body + 8, 4)
        if each:  # sound that isn't compressed has a sample for each of its values, and no table
            return _Sizes(count, each, ())
        return _Sizes(count, 0, _unpacked(data, box.body + 12, box.end, f">{_count(data, box.body + 8)}I"))
    box = child(data, table, b"stz2")
    if box is None:
        raise Unreadable("A track of the file is incomplete.")
    bits, count = data[box.body + 7], _count(data, box.body + 8)
    if bits not in (8, 16):
        raise Unreadable("The tables of the file can't be read.")
    return _Sizes(count, 0, _unpacked(data, box.body + 12, box.end, f">{count}{'B' if bits == 8 else 'H'}"))


def _chunks(data: bytearray, table: Box) -> tuple[int, ...]:
    """Where each chunk of samples begins."""
    box, width = child(data, table, b"stco"), "I"
    if box is None:
        box, width = child(data, table, b"co64"), "Q"
    if box is None:
        raise Unreadable("A track of the file is incomplete.")
    return _unpacked(data, box.body + 8, box.end, f">{_count(data, box.body + 4)}{width}")


def _numbers(data: bytearray, box: Box | None, row: str) -> list[tuple[int, ...]]:
    """The rows of a table that is nothing else."""
    if box is None:
        raise Unreadable("A track of the file is incomplete.")
    count = _count(data, box.body + 4)
    flat = _unpacked(data, box.body + 8, box.end, ">" + row * count)
    return [flat[at : at + len(row)] for at in range(0, len(flat), len(row))]


def _count(data: bytearray, at: int) -> int:
    count = uint(data, at, 4)
    if count > _MOST_SAMPLES or count > len(data):
        raise Unreadable("The tables of the file can't be read.")
    return count


def _unpacked(data: bytearray, start: int, end: int, form: str) -> tuple[int, ...]:
    if start + struct.calcsize(form) > end:
        raise Unreadable("A box of the file is cut off.")
    return struct.unpack_from(form, data, start)


def fragment_samples(
    data: bytearray, fragment: Box, moof: int, base: int, defaults: dict[int, Defaults]
) -> FragmentSamples:
    """The samples of one `traf`. `moof`: where its fragment begins; `base`: where the samples before it end."""
    head = child(data, fragment, b"tfhd")
    if head is None:
        raise Unreadable("A fragment of the file is incomplete.")
    flags, track, at = uint(data, head.body + 1, 3), uint(data, head.body + 4, 4), head.body + 8
    of_track = defaults.get(track, Defaults(0, 0))
    if flags & 0x1:
        base = uint(data, at, 8)
    elif flags & 0x20000:
        base = moof
    at += (8 if flags & 0x1 else 0) + (4 if flags & 0x2 else 0)
    ticks = uint(data, at, 4) if flags & 0x8 else of_track.ticks
    at += 4 if flags & 0x8 else 0
    size = uint(data, at, 4) if flags & 0x10 else of_track.size
    ranges, total, end = [], 0, base
    for box in boxes(data, fragment.body, fragment.end):
        if box.kind == b"trun":
            run = _run(data, box, base, end, Defaults(ticks, size))
            ranges.append((run[0], run[1]))
            total, end = total + run[2], run[1]
    return FragmentSamples(track, [r for r in ranges if r[1] > r[0]], total, end)


def _run(data: bytearray, box: Box, base: int, behind: int, defaults: Defaults) -> tuple[int, int, int]:
    """(start, end, ticks) of one `trun`."""
    flags, count, at = uint(data, box.body + 1, 3), _count(data, box.body + 4), box.body + 8
    start = behind
    if flags & 0x1:
        start = base + struct.unpack(">i", uint(data, at, 4).to_bytes(4, "big"))[0]
        at += 4
    at += 4 if flags & 0x4 else 0
    columns = [flag for flag in (0x100, 0x200, 0x400, 0x800) if flags & flag]
    flat = _unpacked(data, at, box.end, f">{count * len(columns)}I")
    sizes, ticks = count * defaults.size, count * defaults.ticks
    if 0x200 in columns:
        sizes = sum(flat[columns.index(0x200) :: len(columns)])
    if 0x100 in columns:
        ticks = sum(flat[columns.index(0x100) :: len(columns)])
    return start, start + sizes, ticks
