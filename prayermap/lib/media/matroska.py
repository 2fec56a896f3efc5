"""WebM: elements that players need are kept where they are; all others become Void elements of the same size, of zeros.

So no offset in the file changes. What is kept stands in the tables below (RFC 9559 has the numbers).
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from .facts import Facts
from .parts import Parts, Source
from .unfit import Unfit, Unreadable

_EBML, _SEGMENT, _CLUSTER, _VOID = 0x1A45DFA3, 0x18538067, 0x1F43B675, 0xEC
_INFO, _TRACKS, _CUES, _SEEK_HEAD = 0x1549A966, 0x1654AE6B, 0x1C53BB6B, 0x114D9B74
_TRACK, _VIDEO, _AUDIO, _SEEK, _SEEK_ID = 0xAE, 0xE0, 0xE1, 0x4DBB, 0x53AB
_DOC_TYPE, _SCALE, _NUMBER, _TYPE, _CODEC, _CODEC_PRIVATE = 0x4282, 0x2AD7B1, 0xD7, 0x83, 0x86, 0x63A2
_TIME, _SIMPLE_BLOCK, _BLOCK_GROUP, _BLOCK, _DURATION = 0xE7, 0xA3, 0xA0, 0xA1, 0x9B
_WIDTH, _HEIGHT, _ENCODINGS = 0xB0, 0xBA, 0x6D80
#: Of the segment's own children, besides these: Chapters, Attachments, Tags. They end a cluster of unknown size.
_TOP = frozenset({_SEEK_HEAD, _INFO, _TRACKS, _CUES, _CLUSTER, 0x1043A770, 0x1941A469, 0x1254C367})
#: Programs name themselves there, and the elements must be there: text that becomes empty.
_BLANKED = frozenset({0x4D80, 0x5741})
_KEPT: dict[int, frozenset[int]] = {
    _EBML: frozenset({0x4286, 0x42F7, 0x42F2, 0x42F3, _DOC_TYPE, 0x4287, 0x4285}),
    _SEEK_HEAD: frozenset({_SEEK}),
    _SEEK: frozenset({_SEEK_ID, 0x53AC}),
    _INFO: frozenset({_SCALE, 0x4489}),
    _TRACKS: frozenset({_TRACK}),
    _TRACK: frozenset({
        _NUMBER, 0x73C5, _TYPE, 0xB9, 0x88, 0x55AA, 0x9C, 0x23E383, 0x234E7A, _CODEC, _CODEC_PRIVATE, 0x56AA, 0x56BB,
        0x55EE, _VIDEO, _AUDIO,
    }),
    _VIDEO: frozenset({
        _WIDTH, _HEIGHT, 0x54B0, 0x54BA, 0x54B2, 0x9A, 0x9D, 0x53C0, 0x53B8, 0x54AA, 0x54BB, 0x54CC, 0x54DD, 0x55B0,
    }),
    0x55B0: frozenset({*range(0x55B1, 0x55BE), 0x55D0}),
    0x55D0: frozenset(range(0x55D1, 0x55DB)),
    _AUDIO: frozenset({0xB5, 0x78B5, 0x9F, 0x6264}),
    _CLUSTER: frozenset({_TIME, 0xA7, 0xAB, _SIMPLE_BLOCK, _BLOCK_GROUP}),
    _BLOCK_GROUP: frozenset({_BLOCK, _DURATION, 0xFB, 0x75A2}),
    _CUES: frozenset({0xBB}),
    0xBB: frozenset({0xB3, 0xB7}),
    0xB7: frozenset({0xF7, 0xF1, 0xF0, 0xB2, 0x5378}),
}  # fmt: skip
_CODECS = frozenset({b"V_VP8", b"V_VP9", b"V_AV1", b"A_OPUS", b"A_VORBIS"})
_MOST_PRIVATE, _MOST_LEAF, _MOST_DEPTH = 65_536, 64, 8
#: Elements looked at; each costs 3 microseconds. Hours of film have some hundred thousand.
_MOST_ELEMENTS = 3_000_000


class Element(NamedTuple):
    """`end` is where it ends, by its size or, without one, with what holds it."""

    id: int
    start: int
    body: int
    end: int
    is_open: bool = False


def clean_webm(source: Source) -> tuple[Parts, Facts]:
    return _Cleaning(source).run()


class _Cleaning:
    """One file: what is known of its tracks while the elements pass by."""

    def __init__(self, source: Source) -> None:
        self.source, self.parts = source, Parts()
        self.scale = 1_000_000
        self.tracks: dict[int, _Track] = {}
        self.cluster_time = self.looked_at = 0

    def run(self) -> tuple[Parts, Facts]:
        header = _element(self.source, 0, self.source.size)
        segment = _element(self.source, header.end, self.source.size)
        kinds = {child.id: child for child in self._children(header)}
        doc_type = self._text(kinds[_DOC_TYPE]) if _DOC_TYPE in kinds else b""
        if header.id != _EBML or segment.id != _SEGMENT or doc_type != b"webm":
            raise Unfit("Of Matroska, WebM is taken.")
        self._master(header)
        self.parts.keep(segment.start, segment.body - segment.start)
        for child in self._children(segment):
            self._top(child)
        return self.parts, self._facts()

    def _top(self, child: Element) -> None:
        if child.id == _TRACKS:
            self._learn_tracks(child)
        if child.id in _KEPT and child.id in _TOP:
            self._master(child)
        else:
            self._void(child)

    def _master(self, parent: Element, depth: int = 0) -> None:
        """Keep an element, and of its children those of the table."""
        if depth > _MOST_DEPTH:
            raise Unreadable("The file's elements lie too deep in each other.")
        self.parts.keep(parent.start, parent.body - parent.start)
        for child in self._children(parent):
            if child.id in _BLANKED and parent.id == _INFO:
                self.parts.keep(child.start, child.body - child.start)
                self.parts.blank(child.end - child.body)
            elif child.id not in _KEPT[parent.id] or not self._is_wanted(child):
                self._void(child)
            elif child.id in _KEPT:
                self._master(child, depth + 1)
            else:
                self._leaf(child)

    def _is_wanted(self, child: Element) -> bool:
        """False for what belongs to something that is left out."""
        if child.id == _TRACK:
            return self._number(child) in self.tracks
        if child.id in (_SIMPLE_BLOCK, _BLOCK):
            return self._pass_block(child)
        if child.id == _BLOCK_GROUP:
            blocks = [inner for inner in self._children(child) if inner.id == _BLOCK]
            return len(blocks) == 1 and _vint(self.source, blocks[0].body)[0] in self.tracks
        if child.id == _SEEK:
            wanted = [self._uint(inner) for inner in self._children(child) if inner.id == _SEEK_ID]
            return wanted in ([_INFO], [_TRACKS], [_CUES], [_CLUSTER])
        return True

    def _leaf(self, child: Element) -> None:
        if child.id == _TIME:
            self.cluster_time = self._uint(child)
        elif child.id == _SCALE:
            self.scale = self._uint(child)
        if child.id == _CODEC_PRIVATE:
            self.parts.keep(child.start, child.body - child.start)
            self.parts.put(_bare_private(self.source.at(child.body, child.end - child.body)))
        elif child.id in (_SIMPLE_BLOCK, _BLOCK) or child.end - child.body <= _MOST_LEAF:
            self.parts.keep(child.start, child.end - child.start)
        else:
            raise Unreadable("An element of the file is larger than it can be.")

    def _void(self, child: Element) -> None:
        """The same number of bytes that mean nothing."""
        if child.is_open:
            raise Unreadable("The file ends in something that we don't know.")
        total = child.end - child.start
        width = next(width for width in range(1, 9) if total - 1 - width <= (1 << 7 * width) - 2)
        payload = total - 1 - width
        self.parts.put(bytes([_VOID]) + (payload | 1 << 7 * width).to_bytes(width, "big"))
        self.parts.blank(payload)

    def _learn_tracks(self, tracks: Element) -> None:
        for track in self._children(tracks):
            inner = {child.id: child for child in self._children(track)} if track.id == _TRACK else {}
            kind = self._uint(inner[_TYPE]) if _TYPE in inner else 0
            if kind not in (1, 2):
                continue
            codec = self._text(inner[_CODEC]) if _CODEC in inner else b""
            if codec not in _CODECS or _ENCODINGS in inner:
                raise Unfit("Of WebM, VP8, VP9, AV1, Opus and Vorbis are taken, without encryption.")
            picture = {child.id: child for child in self._children(inner[_VIDEO])} if _VIDEO in inner else {}
            sides = [self._uint(picture[side]) if side in picture else 0 for side in (_WIDTH, _HEIGHT)]
            self.tracks[self._number(track)] = _Track(kind == 1, sides[0], sides[1])

    def _pass_block(self, block: Element) -> bool:
        number, at = _vint(self.source, block.body)
        track = self.tracks.get(number)
        if track is None:
            return False
        time = self.cluster_time + int.from_bytes(self.source.at(at, 2), "big", signed=True)
        track.gap = time - track.latest if track.blocks and time > track.latest else track.gap
        track.latest, track.blocks = max(track.latest, time), track.blocks + 1
        return True

    def _facts(self) -> Facts:
        filled = [track for track in self.tracks.values() if track.blocks]
        if not filled:
            raise Unreadable("The file holds neither sound nor film.")
        ms = max(track.latest + track.gap for track in filled) * self.scale // 1_000_000
        pictures = [track for track in filled if track.is_picture]
        if not pictures:
            return Facts("audio", "audio/webm", duration_ms=ms)
        return Facts("video", "video/webm", pictures[0].width or None, pictures[0].height or None, ms)

    def _children(self, parent: Element) -> Iterator[Element]:
        at = parent.body
        while at < parent.end:
            child = _element(self.source, at, parent.end)
            self.looked_at += 1
            if self.looked_at > _MOST_ELEMENTS:
                raise Unreadable("The file is in too many pieces.")
            if parent.is_open and parent.id == _CLUSTER and child.id in _TOP:
                return
            if child.is_open:
                child = child._replace(end=self._end_of_open(child))
            yield child
            at = child.end

    def _end_of_open(self, child: Element) -> int:
        """A recorder that couldn't know the size of a cluster: it ends where the next one begins."""
        if child.id != _CLUSTER:
            raise Unreadable("An element of the file has no size.")
        end = child.body
        for inner in self._children(child):
            end = inner.end
        return end

    def _number(self, track: Element) -> int:
        return next((self._uint(child) for child in self._children(track) if child.id == _NUMBER), 0)

    def _uint(self, leaf: Element) -> int:
        if leaf.end - leaf.body > 8:
            raise Unreadable("A number in the file is larger than it can be.")
        return int.from_bytes(self.source.at(leaf.body, leaf.end - leaf.body), "big")

    def _text(self, leaf: Element) -> bytes:
        return self.source.at(leaf.body, min(leaf.end - leaf.body, _MOST_LEAF)).rstrip(b"\0")


class _Track:
    """What is learnt of one track: times are in units of the file's scale."""

    def __init__(self, is_picture: bool, width: int, height: int) -> None:  # noqa: FBT001 - one of three facts
        self.is_picture, self.width, self.height = is_picture, width, height
        self.latest = self.gap = self.blocks = 0


def _element(source: Source, at: int, limit: int) -> Element:
    first = source.at(at, 1)[0]
    width = 9 - first.bit_length()
    if width > 4:
        raise Unreadable("The elements of the file don't follow each other.")
    id_ = int.from_bytes(source.at(at, width), "big")
    size, body = _vint(source, at + width)
    if size == (1 << 7 * (body - at - width)) - 1:  # unknown: all its bits are ones
        return Element(id_, at, body, limit, is_open=id_ != _SEGMENT)
    if body + size > limit:
        raise Unreadable("The file is cut off.")
    return Element(id_, at, body, body + size)


def _vint(source: Source, at: int) -> tuple[int, int]:
    """(value, where it ends)."""
    first = source.at(at, 1)[0]
    width = 9 - first.bit_length()
    if width > 8:
        raise Unreadable("The elements of the file don't follow each other.")
    return int.from_bytes(source.at(at, width), "big") & (1 << 7 * width) - 1, at + width


def _bare_private(raw: bytes) -> bytes:
    """What a decoder needs to begin. Vorbis keeps its comments there, as the second of three packets."""
    if len(raw) > _MOST_PRIVATE:
        raise Unreadable("An element of the file is larger than it can be.")
    if not raw.startswith(b"\x02"):
        return raw
    lengths, at = [], 1
    for _ in range(2):
        length = 0
        while at < len(raw) and raw[at] == 255:
            length, at = length + 255, at + 1
        if at >= len(raw):
            raise Unreadable("The headers of the file can't be read.")
        lengths.append(length + raw[at])
        at += 1
    start, end = at + lengths[0], at + lengths[0] + lengths[1]
    empty = b"\x03vorbis" + bytes(8) + b"\x01"
    if raw[start : start + 7] != b"\x03vorbis" or len(empty) > lengths[1] or end > len(raw):
        raise Unreadable("The headers of the file can't be read.")
    return raw[:start] + empty.ljust(lengths[1], b"\0") + raw[end:]
