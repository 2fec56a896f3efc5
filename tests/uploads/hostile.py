"""Broken, mislabelled and hostile files, and whether each is refused for what it is (400) or for its size (413)."""

import io
import struct
import zipfile
import zlib
from collections.abc import Callable
from typing import NamedTuple

from django.conf import settings

from tests.uploads import films, pictures, sounds
from tests.uploads.canary import word

OCTETS = "application/octet-stream"


class Hostile(NamedTuple):
    """A file, what its sender says it is, and the status that it gets."""

    what: str
    label: str
    make: Callable[[], bytes]
    status: int = 400


def archive() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as packed:
        packed.writestr("photo.jpg", "no photo")
    return out.getvalue()


def page() -> bytes:
    return b"<!doctype html><script>alert(document.domain)</script>"


def heic() -> bytes:
    return films.box(b"ftyp", b"heic", bytes(4), b"mif1heic") + films.box(b"mdat", bytes(100))


def cut(whole: bytes, part: float = 0.5) -> bytes:
    return whole[: int(len(whole) * part)]


def zip_text_bomb() -> bytes:
    """A compressed text chunk that unpacks to 300 MB."""
    packer = zlib.compressobj(9)
    body = b"".join(packer.compress(bytes(1_000_000)) for _ in range(300)) + packer.flush()
    return pictures.with_chunk(pictures.saved(pictures.painted(), "PNG"), b"zTXt", b"Comment\0\0" + body)


def idat_bomb() -> bytes:
    """A small PNG that says it has 40,000 by 40,000 pixels."""
    return pictures.png_header(40_000, 40_000, data=zlib.compress(bytes(2_000_000), 9))


def outside() -> bytes:
    """Sound that lies in another file of the server."""
    here, elsewhere = (films.full(b"url ", word("reference"), flags=flags) for flags in (1, 0))
    return films.movie().replace(here, elsewhere)


def encrypted() -> bytes:
    return films.movie().replace(b"avc1" + bytes(6), b"encv" + bytes(6))


def many_samples() -> bytes:
    """A table that says it has four thousand million rows."""
    table = films.full(b"stsz", struct.pack(">II", 0, films.SAMPLES))[:-4]
    whole = films.movie()
    at = whole.index(table[4:16]) + 12
    return whole[:at] + b"\xff\xff\xff\xff" + whole[at + 4 :]


def nested() -> bytes:
    """Elements in elements in elements."""
    inside = b""
    for _ in range(20_000):
        inside = b"\xae" + ((len(inside)) | 1 << 28).to_bytes(4, "big") + inside
    head = films.element(0x1A45DFA3, films.element(0x4282, b"webm"))
    return head + films.element(0x18538067, films.element(0x1654AE6B, inside))


def big_image() -> bytes:
    return pictures.jpeg() + bytes(settings.IMAGE_BYTES)


def big_sound() -> bytes:
    return sounds.wave(data=bytes(settings.AUDIO_BYTES))


def big_film() -> bytes:
    return films.movie() + films.box(b"free", bytes(settings.VIDEO_BYTES))


HOSTILE = [
    Hostile("nothing", "image/jpeg", bytes),
    Hostile("a web page", "image/png", page),
    Hostile("an SVG with a script", "image/svg+xml", lambda: b'<svg xmlns="http://www.w3.org/2000/svg" onload="x()"/>'),
    Hostile("a PDF", "image/jpeg", lambda: b"%PDF-1.7\n1 0 obj"),
    Hostile("a program", "video/mp4", lambda: b"MZ\x90\0\3\0\0\0" + bytes(500)),
    Hostile("an ELF program", OCTETS, lambda: b"\x7fELF\2\1\1" + bytes(500)),
    Hostile("an archive", "image/jpeg", archive),
    Hostile("a text", "text/plain", lambda: b"Peace to you, Amos.\n"),
    Hostile("a TIFF", "image/tiff", lambda: pictures.saved(pictures.painted(), "TIFF")),
    Hostile("a BMP", "image/bmp", lambda: pictures.saved(pictures.painted(), "BMP")),
    Hostile("HEIC, as phones take it", "image/heic", heic),
    Hostile("an AVI", "video/x-msvideo", lambda: b"RIFF\x20\0\0\0AVI LIST" + bytes(40)),
    Hostile("a picture that is said to be a film", "video/mp4", pictures.png),
    Hostile("a film that is said to be a picture", "image/gif", films.movie),
    Hostile("three bytes of a JPEG", "image/jpeg", lambda: b"\xff\xd8\xff"),
    Hostile("a JPEG cut in half", "image/jpeg", lambda: cut(pictures.jpeg(size=(640, 480)))),
    Hostile("a PNG cut in half", "image/png", lambda: cut(pictures.saved(pictures.painted(size=(640, 480)), "PNG"))),
    Hostile("a WebP cut in half", "image/webp", lambda: cut(pictures.saved(pictures.painted(size=(640, 480)), "WEBP"))),
    Hostile("a GIF cut in half", "image/gif", lambda: cut(pictures.gif(size=(640, 480)))),
    Hostile("a PNG header before a web page", "image/png", lambda: b"\x89PNG\r\n\x1a\n" + page()),
    Hostile("a JPEG header before a program", "image/jpeg", lambda: b"\xff\xd8\xff\xe0" + bytes(2_000)),
    Hostile("a PNG of 40,000 by 40,000 pixels in 2 kB", "image/png", idat_bomb, 413),
    Hostile("a PNG of 2,147,483,647 by 1 pixels", "image/png", lambda: pictures.png_header(2**31 - 1, 1), 413),
    Hostile("a PNG text of 300 MB in 300 kB", "image/png", zip_text_bomb),
    Hostile("a GIF of 60 frames of 4,000 by 4,000 pixels in 2 kB", "image/gif", lambda: pictures.gif_bomb(60, 4_000), 413),
    Hostile("a GIF of 2,000 frames", "image/gif", lambda: pictures.gif_bomb(2_000, 8), 413),
    Hostile("a picture of more bytes than one may have", "image/jpeg", big_image, 413),
    Hostile("a sound of more bytes than one may have", "audio/wav", big_sound, 413),
    Hostile("a film of more bytes than one may have", "video/mp4", big_film, 413),
    Hostile("an ID3 tag before nothing", "audio/mpeg", lambda: sounds.id3v2(size=5_000)),
    Hostile("two bytes that look like MP3, then noise", "audio/mpeg", lambda: b"\xff\xfb\x90\xc0" + b"noise" * 20_000),
    Hostile("an MP3 with a megabyte of something between its frames", "audio/mpeg",
            lambda: sounds.MP3_FRAME * 5 + b"\x01" * 1_000_000 + sounds.MP3_FRAME * 5),
    Hostile("a WAV cut in half", "audio/wav", lambda: cut(sounds.wave())),
    Hostile("a WAV without an end", "audio/wav", lambda: sounds.wave(declared=0xFFFFFFFF)),
    Hostile("a WAV that holds an MP3", "audio/wav", lambda: sounds.wave(tag=0x55)),
    Hostile("a FLAC without frames", "audio/flac", lambda: cut(sounds.flac(), 0.2)),
    Hostile("a FLAC that doesn't say how long it is", "audio/flac", lambda: sounds.flac(samples=0)),
    Hostile("an Ogg cut in half", "audio/ogg", lambda: cut(sounds.opus())),
    Hostile("an Ogg of two streams", "audio/ogg", sounds.ogg_skeleton),
    Hostile("an Ogg of something else", "audio/ogg",
            lambda: sounds.ogg_page([b"\x7fFLAC"], flags=2, position=0, sequence=0)),
    Hostile("an MP4 cut in half", "video/mp4", lambda: cut(films.movie())),
    Hostile("an MP4 without its movie box", "video/mp4", lambda: films.box(b"ftyp", b"isom", bytes(4)) + films.box(b"mdat", bytes(99))),
    Hostile("an MP4 whose samples lie outside of it", "video/mp4", lambda: films.movie(shift=1_000_000)),
    Hostile("an MP4 whose samples lie in its own tables", "video/mp4", lambda: films.movie(shift=-40)),
    Hostile("an MP4 whose samples lie in another file", "video/mp4", outside),
    Hostile("an MP4 with a table of 4,294,967,295 samples", "video/mp4", many_samples),
    Hostile("an encrypted MP4", "video/mp4", encrypted),
    Hostile("an MP4 of boxes in boxes of wrong sizes", "video/mp4",
            lambda: films.box(b"ftyp", b"isom", bytes(4)) + films.box(b"moov", b"\0\0\xff\xfftrak", bytes(50))),
    Hostile("Matroska that is no WebM", "video/webm", lambda: films.webm(doc_type=b"matroska")),
    Hostile("a WebM with a codec of MP4", "video/webm", lambda: films.webm(codec=b"V_MPEG4/ISO/AVC")),
    Hostile("a WebM cut in half", "video/webm", lambda: cut(films.webm())),
    Hostile("a WebM of 20,000 elements in each other", "video/webm", nested),
]  # fmt: skip
