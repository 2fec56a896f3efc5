"""MP4, M4A and QuickTime: of the data, only what the samples of sound and picture tracks refer to is kept.

Places (`udta`, `meta`, tracks of coordinates), names, times and all boxes that players don't need become zeros of the
same length. What an encoder wrote into the compressed pictures themselves stays.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import NamedTuple

from .facts import Facts
from .mp4_boxes import FRAGMENT, MOVIE, Box, boxes, child, empty, prune
from .mp4_samples import Defaults, fragment_samples, movie_samples, uint
from .parts import Parts, Source
from .unfit import Unfit, Unreadable

#: What describes the samples is read into memory; two hours of film need 4 MB.
_MOST_MOVIE, _MOST_FRAGMENT, _MOST_BOXES, _MOST_BRANDS, _MOST_TRACKS = 33_554_432, 4_194_304, 200_000, 512, 32
_PICTURES = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"mif1", b"msf1", b"avif", b"avis"})


class _Track(NamedTuple):
    id: int
    is_picture: bool
    per_second: int
    ticks: int
    width: int
    height: int


def clean_mp4(source: Source) -> tuple[Parts, Facts]:
    return _Cleaning(source).run()


class _Cleaning:
    """One file: first what is in it, then where its samples lie, then the parts of the new one."""

    def __init__(self, source: Source) -> None:
        self.source = source
        self.top = self._top_boxes()
        self.edited: dict[int, bytearray] = {}
        self.kept: list[tuple[int, int]] = []
        self.tracks: list[_Track] = []
        self.ticks: dict[int, int] = {}

    def run(self) -> tuple[Parts, Facts]:
        brand = self._check_brand()
        movies = [box for box in self.top if box.kind == b"moov"]
        if len(movies) != 1:
            raise Unreadable("The file doesn't say what is in it.")
        defaults = self._read_movie(movies[0])
        for box in self.top:
            if box.kind == b"moof":
                self._read_fragment(box, defaults)
        self.kept = _joined(self.kept)
        self._check_places()
        return self._parts(), self._facts(brand)

    def _top_boxes(self) -> list[Box]:
        found: list[Box] = []
        at, size = 0, self.source.size
        while at + 8 <= size:
            head = self.source.up_to(at, 16)
            length, body = uint(head, 0, 4), at + 8
            if length == 1:
                length, body = uint(head.ljust(16, b"\0"), 8, 8), at + 16
            elif length == 0:
                length = size - at
            if at + length < body or len(found) >= _MOST_BOXES:
                raise Unreadable("The boxes of the file don't follow each other.")
            if at + length > size:
                raise Unreadable("The file is cut off.")
            found.append(Box(head[4:8], at, body, at + length))
            at += length
        return found

    def _check_brand(self) -> bytes:
        """The file's own name for its kind; QuickTime of old has none."""
        first = self.top[0] if self.top else None
        if first is None or first.kind != b"ftyp":
            return b"qt  "
        brand = self.source.at(first.body, 4)
        if brand in _PICTURES:
            raise Unfit("HEIC and AVIF are not taken; JPEG, PNG, WebP and GIF are.")
        return brand

    def _read_movie(self, box: Box) -> dict[int, Defaults]:
        """Edit the movie box, learn its tracks and where their samples lie; the defaults of fragments, by track."""
        data = self._load(box, _MOST_MOVIE)
        movie = Box(b"moov", 0, box.body - box.start, len(data))
        tracks = [inner for inner in boxes(data, movie.body, movie.end) if inner.kind == b"trak"]
        if len(tracks) > _MOST_TRACKS:
            raise Unreadable("The file has more tracks than it can have.")
        for track in tracks:
            if child(data, track, b"mdia", b"minf", b"stbl", b"cmov"):
                raise Unfit("The file is compressed in a way that isn't taken.")
            kind = child(data, track, b"mdia", b"hdlr")
            handler = bytes(data[kind.body + 8 : kind.body + 12]) if kind else b""
            if handler not in (b"vide", b"soun"):
                empty(data, track)
                continue
            self._learn_track(data, track, is_picture=handler == b"vide")
        prune(data, movie.body, movie.end, MOVIE)
        self.edited[box.start] = data
        extends = child(data, movie, b"mvex")
        found = {}
        for inner in boxes(data, extends.body, extends.end) if extends else ():
            if inner.kind == b"trex":
                values = [uint(data, inner.body + at, 4) for at in (4, 12, 16)]
                found[values[0]] = Defaults(values[1], values[2])
        return found

    def _learn_track(self, data: bytearray, track: Box, *, is_picture: bool) -> None:
        head, media = child(data, track, b"tkhd"), child(data, track, b"mdia", b"mdhd")
        table = child(data, track, b"mdia", b"minf", b"stbl")
        if head is None or media is None or table is None:
            raise Unreadable("A track of the file is incomplete.")
        per_second = uint(data, media.body + (20 if data[media.body] else 12), 4)
        id_ = uint(data, head.body + (20 if data[head.body] else 12), 4)
        ranges, ticks = movie_samples(data, table)
        self.kept += ranges
        if not per_second or any(known.id == id_ for known in self.tracks):
            raise Unreadable("A track of the file contradicts itself.")
        sides = [uint(data, head.end - at, 4) >> 16 for at in (8, 4)]
        if not uint(data, head.end - 44, 4):  # turned by a quarter: the matrix begins with zero
            sides.reverse()
        self.tracks.append(_Track(id_, is_picture, per_second, ticks, *sides))

    def _read_fragment(self, box: Box, defaults: dict[int, Defaults]) -> None:
        data = self._load(box, _MOST_FRAGMENT)
        known = {track.id for track in self.tracks}
        base = box.start
        head = box.body - box.start
        for run in [inner for inner in boxes(data, head, len(data)) if inner.kind == b"traf"]:
            found = fragment_samples(data, run, box.start, base, defaults)
            base = found.end
            if found.track not in known:
                empty(data, run)
                continue
            self.kept += found.ranges
            self.ticks[found.track] = self.ticks.get(found.track, 0) + found.ticks
        prune(data, head, len(data), FRAGMENT)
        self.edited[box.start] = data

    def _load(self, box: Box, most: int) -> bytearray:
        if box.end - box.start > most:
            raise Unreadable("The file's description is larger than it can be.")
        return bytearray(self.source.at(box.start, box.end - box.start))

    def _check_places(self) -> None:
        """Raise Unreadable unless all samples lie in `mdat` boxes. Both are in order."""
        data = iter([box for box in self.top if box.kind == b"mdat"])
        box = next(data, None)
        for start, end in self.kept:
            while box is not None and box.end < end:
                box = next(data, None)
            if box is None or start < box.body:
                raise Unreadable("The file refers to data that it doesn't have.")

    def _parts(self) -> Parts:
        parts = Parts()
        for box in self.top:
            if box.start in self.edited:
                parts.put(bytes(self.edited[box.start]))
            elif box.kind in (b"ftyp", b"styp") and box.end - box.start <= _MOST_BRANDS:
                parts.keep(box.start, box.end - box.start)
            elif box.kind == b"mdat":
                self._put_data(parts, box)
            else:
                head = bytearray(self.source.at(box.start, box.body - box.start))
                head[4:8] = b"free"
                parts.put(bytes(head))
                parts.blank(box.end - box.body)
        return parts

    def _put_data(self, parts: Parts, box: Box) -> None:
        """The samples, zeros in between."""
        parts.keep(box.start, box.body - box.start)
        at = box.body
        for index in range(bisect_left(self.kept, (box.body, 0)), len(self.kept)):
            start, end = self.kept[index]
            if start >= box.end:
                break
            parts.blank(start - at)
            parts.keep(start, end - start)
            at = end
        parts.blank(box.end - at)

    def _facts(self, brand: bytes) -> Facts:
        lengths = [
            (track, track.ticks + self.ticks.get(track.id, 0))
            for track in self.tracks
            if track.ticks + self.ticks.get(track.id, 0)
        ]
        if not lengths or not self.kept:
            raise Unreadable("The file holds neither sound nor film.")
        ms = max(ticks * 1_000 // track.per_second for track, ticks in lengths)
        pictures = [track for track, _ in lengths if track.is_picture]
        if not pictures:
            return Facts("audio", "audio/mp4", duration_ms=ms)
        kind = "video/quicktime" if brand == b"qt  " else "video/mp4"
        return Facts("video", kind, pictures[0].width or None, pictures[0].height or None, ms)


def _joined(ranges: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """The same places as (start, end), in order and without overlaps."""
    joined: list[tuple[int, int]] = []
    for start, end in sorted(ranges):
        if joined and start <= joined[-1][1]:
            joined[-1] = (joined[-1][0], max(joined[-1][1], end))
        else:
            joined.append((start, end))
    return joined
