"""Sound and film come out as they sounded and moved, and say nothing more."""

import io
import struct

import pytest

from prayermap.lib.media.cleaning import clean
from prayermap.lib.media.facts import Facts
from prayermap.lib.media.mp4_boxes import Box
from prayermap.lib.media.mp4_samples import movie_samples
from prayermap.lib.media.ogg import checksum
from tests.uploads import films, sounds
from tests.uploads.canary import found


def cleaned(data: bytes, label: str = "") -> tuple[Facts, bytes]:
    target, thumbnail = io.BytesIO(), io.BytesIO()
    facts = clean(io.BytesIO(data), target, thumbnail, label=label)
    assert thumbnail.getvalue() == b""
    return facts, target.getvalue()


def sound(content_type: str, ms: int) -> Facts:
    return Facts("audio", content_type, duration_ms=ms)


def film(content_type: str, width: int = 64, height: int = 48) -> Facts:
    return Facts("video", content_type, width, height, 3_000)


ALL = [
    ("MP3", sounds.mp3, sound("audio/mpeg", 2_612)),
    ("AAC", sounds.adts, sound("audio/aac", 2_321)),
    ("WAV", sounds.wave, sound("audio/wav", 1_000)),
    ("FLAC", sounds.flac, sound("audio/flac", 1_000)),
    ("Opus", sounds.opus, sound("audio/ogg", 1_000)),
    ("Opus with a cover of 200 kB", lambda: sounds.opus(picture=200_000), sound("audio/ogg", 1_000)),
    ("Vorbis", sounds.vorbis, sound("audio/ogg", 1_000)),
    ("M4A", lambda: films.movie(brand=b"M4A ", picture=False), sound("audio/mp4", 3_000)),
    ("WebM with sound", lambda: films.webm(picture=False), sound("audio/webm", 3_000)),
    (
        "WebM as a browser records a voice",
        lambda: films.webm(picture=False, is_open=True),
        sound("audio/webm", 3_000),
    ),
    ("WebM with Vorbis", lambda: films.webm(private=films.vorbis_private), film("video/webm")),
    ("WebM", films.webm, film("video/webm")),
    ("WebM as a browser records", lambda: films.webm(is_open=True), film("video/webm")),
    ("MP4", films.movie, film("video/mp4")),
    ("MP4 that starts quickly", lambda: films.movie(moov_first=True), film("video/mp4")),
    ("MP4 with wide offsets", lambda: films.movie(wide=True), film("video/mp4")),
    ("MP4 held upright", lambda: films.movie(turned=True), film("video/mp4", 48, 64)),
    ("MP4 without sound", lambda: films.movie(sound=False), film("video/mp4")),
    ("MP4 in fragments", films.fragmented, film("video/mp4")),
    ("QuickTime", lambda: films.movie(brand=b"qt  "), film("video/quicktime")),
    ("QuickTime of old", lambda: films.movie(brand=None), film("video/quicktime")),
]


@pytest.mark.parametrize(("make", "facts"), [row[1:] for row in ALL], ids=[row[0] for row in ALL])
def test_nothing_but_sound_and_film_is_left(make, facts):
    data = make()
    assert list(found(data)), "the sample says nothing that could be found"
    said, clean_data = cleaned(data)
    assert said == facts
    assert list(found(clean_data)) == []
    assert b"CANA" not in clean_data


@pytest.mark.parametrize(("make", "facts"), [row[1:] for row in ALL], ids=[row[0] for row in ALL])
def test_what_was_cleaned_is_clean(make, facts):
    """A second cleaning finds the same file, byte for byte."""
    _, once = cleaned(make())
    assert cleaned(once) == (facts, once)


MOVED = [row for row in ALL if row[2].content_type in ("video/mp4", "video/quicktime", "video/webm")]


@pytest.mark.parametrize("make", [row[1] for row in MOVED], ids=[row[0] for row in MOVED])
def test_every_sample_lies_where_it_lay(make):
    data = make()
    _, clean_data = cleaned(data)
    kept = [one for name in (b"v", b"a") for one in films.samples(name) if one in data]
    assert len(kept) >= films.SAMPLES
    assert [one for one in kept if clean_data.find(one) != data.find(one)] == []
    assert len(clean_data) == len(data)


def test_frames_of_mp3_are_all_there_and_nothing_else():
    _, data = cleaned(sounds.mp3(frames=100))
    assert data[417:] == sounds.MP3_FRAME * 100
    count = data[:417]
    assert count[21:25] == b"Info"
    assert int.from_bytes(count[29:33], "big") == 100
    assert int.from_bytes(count[33:37], "big") == 101 * 417
    assert count[37:137] == bytes(range(100))
    assert (count[137:146], count[158:161]) == (b"LAME\0\0\0\0\0", b"\x24\x01\x23")
    assert count[161:] == bytes(len(count) - 161)


def test_pages_of_ogg_keep_their_numbers_and_have_right_checksums():
    _, data = cleaned(sounds.opus(picture=200_000))
    at, numbers = 0, []
    while at < len(data):
        lacing = data[at + 27 : at + 27 + data[at + 26]]
        page = bytearray(data[at : at + 27 + len(lacing) + sum(lacing)])
        told, page[22:26] = int.from_bytes(page[22:26], "little"), bytes(4)
        assert told == checksum(page)
        numbers.append(int.from_bytes(page[18:22], "little"))
        at += len(page)
    assert numbers == list(range(len(numbers)))


def test_wave_keeps_its_sound():
    _, data = cleaned(sounds.wave(data=bytes(range(200)) * 10))
    assert (
        data
        == b"RIFF"
        + (2_036).to_bytes(4, "little")
        + b"WAVEfmt \x10\0\0\0"
        + data[20:36]
        + b"data"
        + (2_000).to_bytes(4, "little")
        + bytes(range(200)) * 10
    )


def test_sound_in_a_film_s_container_may_be_called_either():
    assert cleaned(films.webm(picture=False), "video/webm")[0].kind == "audio"
    assert cleaned(films.movie(picture=False), "video/mp4")[0].kind == "audio"


def test_sound_that_is_not_compressed_has_a_sample_for_each_value():
    """As QuickTime keeps it: millions of samples of one size, and no table of them."""
    number = 1_000_000
    table = films.box(
        b"stbl",
        films.full(b"stts", struct.pack(">III", 1, number, 1)),
        films.full(b"stsc", struct.pack(">IIII", 1, 1, number, 1)),
        films.full(b"stsz", struct.pack(">II", 2, number)),
        films.full(b"stco", struct.pack(">II", 1, 5_000)),
    )
    assert movie_samples(bytearray(table), Box(b"stbl", 0, 8, len(table))) == ([(5_000, 2_005_000)], number)
