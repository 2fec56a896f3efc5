"""Sound that is nothing but frames: MP3, and AAC as phones record it (ADTS). Whatever is no frame stays behind."""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .facts import Facts
from .parts import Parts, Source
from .tags import before_tags, behind_id3
from .unfit import Unreadable

#: Bytes between frames, all together, that are passed over; more is no sound that was merely joined or cut.
_MOST_JUNK = 65_536
_FEWEST_FRAMES = 2
_MP3_RATES = {3: (44_100, 48_000, 32_000), 2: (22_050, 24_000, 16_000), 0: (11_025, 12_000, 8_000)}
_MP3_KBITS_1 = (0, 32, 40, 48, 56, 64, 80, 96, 112, 128, 160, 192, 224, 256, 320)
_MP3_KBITS_2 = (0, 8, 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144, 160)
_AAC_RATES = (
    96_000, 88_200, 64_000, 48_000, 44_100, 32_000, 24_000, 22_050, 16_000, 12_000, 11_025, 8_000, 7_350,
)  # fmt: skip
_HEADER = 7


class Frame(NamedTuple):
    """What a frame's header says; frames of one piece of sound have the same `rate`."""

    length: int
    samples: int
    rate: int


ReadHeader = Callable[[bytes], Frame | None]


def mp3_header(head: bytes) -> Frame | None:
    """ISO 11172-3 and 13818-3, layer III; None for anything else, and for the rare frame without a bit rate."""
    if len(head) < 4 or head[0] != 0xFF or head[1] & 0xE6 != 0xE2:
        return None
    version, bits, rate = head[1] >> 3 & 3, head[2] >> 4, head[2] >> 2 & 3
    if version == 1 or bits in (0, 15) or rate == 3:
        return None
    per_second = _MP3_RATES[version][rate]
    kbits = (_MP3_KBITS_1 if version == 3 else _MP3_KBITS_2)[bits]
    samples = 1_152 if version == 3 else 576
    return Frame(samples // 8 * kbits * 1_000 // per_second + (head[2] >> 1 & 1), samples, per_second)


def adts_header(head: bytes) -> Frame | None:
    """ISO 14496-3, annex 1.A; None for anything else."""
    if len(head) < _HEADER or head[0] != 0xFF or head[1] & 0xF6 != 0xF0:
        return None
    rate = head[2] >> 2 & 15
    length = (head[3] & 3) << 11 | head[4] << 3 | head[5] >> 5
    if rate >= len(_AAC_RATES) or length <= _HEADER:
        return None
    return Frame(length, 1_024 * ((head[6] & 3) + 1), _AAC_RATES[rate])


def clean_mp3(source: Source) -> tuple[Parts, Facts]:
    found = _walk(source, mp3_header)
    parts = Parts()
    begins_with_count = _is_count(source.at(*found.frames[0]))
    sound = found.frames[1:] if begins_with_count else found.frames
    if begins_with_count:
        parts.put(_bare_count(source.at(*found.frames[0]), sound))
    for start, length in sound:
        parts.keep(start, length)
    return parts, Facts("audio", "audio/mpeg", duration_ms=found.ms(len(sound)))


def clean_adts(source: Source) -> tuple[Parts, Facts]:
    found = _walk(source, adts_header)
    parts = Parts()
    for start, length in found.frames:
        parts.keep(start, length)
    return parts, Facts("audio", "audio/aac", duration_ms=found.ms(len(found.frames)))


class _Found(NamedTuple):
    """Where the frames are, as (start, length), and what they hold together."""

    frames: list[tuple[int, int]]
    samples: int
    rate: int

    def ms(self, frames: int) -> int:
        """The length of so many of them."""
        return self.samples * frames // len(self.frames) * 1_000 // self.rate


def _walk(source: Source, read: ReadHeader) -> _Found:
    """Raises Unreadable where too little of the file is frames."""
    at = behind_id3(source)
    end = before_tags(source, at)
    frames: list[tuple[int, int]] = []
    samples = rate = junk = 0
    in_step = False
    while at + _HEADER <= end:
        frame = read(source.up_to(at, _HEADER))
        if frame and _fits(source, frame, at, end, read, rate=rate, in_step=in_step):
            frames.append((at, frame.length))
            samples, rate, in_step = samples + frame.samples, frame.rate, True
            at += frame.length
            continue
        behind = behind_id3(source, at)
        junk += 1 if behind == at else 0
        at, in_step = max(at + 1, behind), False
        if junk > _MOST_JUNK:
            raise Unreadable("Too much of the file is no sound.")
    if len(frames) < _FEWEST_FRAMES:
        raise Unreadable("The file holds no sound.")
    return _Found(frames, samples, rate)


def _fits(
    source: Source, frame: Frame, at: int, end: int, read: ReadHeader, *, rate: int, in_step: bool
) -> bool:
    """Whether this is a whole frame of the same sound. Out of step, chance looks like a header: the next one confirms."""
    behind = at + frame.length
    if behind > end or rate not in (0, frame.rate):
        return False
    if in_step or behind + _HEADER > end:
        return True
    following = read(source.up_to(behind, _HEADER))
    return following is not None and following.rate == frame.rate


def _side_info(frame: bytes) -> int:
    """Bytes between the header of an MP3 frame and its sound."""
    is_mono = frame[3] >> 6 == 3
    if frame[1] >> 3 & 3 == 3:
        return 17 if is_mono else 32
    return 9 if is_mono else 17


def _is_count(frame: bytes) -> bool:
    """Whether this MP3 frame holds no sound, but the numbers by which players find their way in it."""
    at = 4 + _side_info(frame)
    return frame[at : at + 4] in (b"Xing", b"Info") or frame[36:40] == b"VBRI"


def _bare_count(frame: bytes, sound: list[tuple[int, int]]) -> bytes:
    """Such a frame anew: number of frames and bytes, table, and the silence that the encoder added; not its name."""
    at = 4 + _side_info(frame)
    if frame[36:40] == b"VBRI":
        return b""
    bare = bytearray(len(frame))
    bare[:4], bare[at : at + 4] = frame[:4], frame[at : at + 4]
    flags = frame[at + 7] & 0x0F
    bare[at + 7] = flags
    at += 8
    total = len(frame) + sum(length for _, length in sound)
    for flag, value in ((1, len(sound).to_bytes(4, "big")), (2, total.to_bytes(4, "big"))):
        if flags & flag:
            bare[at : at + 4] = value
            at += 4
    for flag, length in ((4, 100), (8, 4)):
        if flags & flag:
            bare[at : at + length] = frame[at : at + length]
            at += length
    if frame[at : at + 4] in (b"LAME", b"Lavf", b"Lavc") and at + 24 <= len(frame):
        bare[at : at + 4], bare[at + 21 : at + 24] = frame[at : at + 4], frame[at + 21 : at + 24]
    return bytes(bare[: len(frame)])
