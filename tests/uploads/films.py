"""MP4, QuickTime and WebM with a word in every corner. Their samples are numbered, so that a test can find each again."""

import struct
from collections.abc import Callable

from tests.uploads.canary import PLACE, word
from tests.uploads.sounds import vorbis_comment

TICKS, SAMPLES = 1_000, 30


def box(kind: bytes, *parts: bytes) -> bytes:
    body = b"".join(parts)
    return struct.pack(">I", 8 + len(body)) + kind + body


def full(kind: bytes, *parts: bytes, version: int = 0, flags: int = 0) -> bytes:
    return box(kind, bytes([version]) + flags.to_bytes(3, "big"), *parts)


def sample(track: bytes, number: int) -> bytes:
    return track + b"-sample-%04d" % number + bytes(number % 7)


def samples(track: bytes) -> list[bytes]:
    return [sample(track, number) for number in range(SAMPLES)]


TIMES = struct.pack(">II", 0x43414E41, 0x43414E41)  # "CANA"
MATRIX = struct.pack(">9I", 0x10000, 0, 0, 0, 0x10000, 0, 0, 0, 0x40000000)
TURNED = struct.pack(">9I", 0, 0x10000, 0, 0xFFFF0000, 0, 0, 0, 0, 0x40000000)


def avc1() -> bytes:
    name = word("compressor")
    head = (
        bytes(6)
        + b"\0\1"
        + bytes(4)
        + b"CANA"
        + bytes(8)
        + struct.pack(">HHIIIH", 64, 48, 72 << 16, 72 << 16, 0, 1)
    )
    head += bytes([len(name)]) + name.ljust(31, b"\0") + struct.pack(">Hh", 24, -1)
    return box(b"avc1", head, box(b"avcC", b"\1\x64\0\x0a\xff\xe0\0"), box(b"cana", word("extension")))


def mp4a() -> bytes:
    head = bytes(6) + b"\0\1" + bytes(4) + b"CANA" + struct.pack(">HHHHI", 1, 16, 0, 0, 44_100 << 16)
    return box(b"mp4a", head, full(b"esds", b"\3\0"), box(b"cana", word("extension")))


def track(
    id_: int,
    handler: bytes,
    entry: bytes,
    sizes: list[int],
    chunks: list[int],
    *,
    wide: bool,
    turned: bool = False,
) -> bytes:
    """One sample is ten to a chunk; `chunks` are places in the file."""
    media = {b"vide": full(b"vmhd", bytes(8)), b"soun": full(b"smhd", bytes(4))}.get(handler, full(b"nmhd"))
    sides = (64 << 16, 48 << 16) if handler == b"vide" else (0, 0)
    return box(
        b"trak",
        full(b"tkhd", TIMES, struct.pack(">IIIQHHHH", id_, 0, TICKS * 3, 0, 0, 0, 0, 0), TURNED if turned else MATRIX,
             struct.pack(">II", *sides), flags=7),
        box(b"edts", full(b"elst", struct.pack(">IIii", 1, 3_000, 0, 0x10000))),
        box(b"tref", box(b"cdsc", struct.pack(">I", 1))),
        box(
            b"mdia",
            full(b"mdhd", TIMES, struct.pack(">IIHH", TICKS, 3_000, 0x55C4, 0)),
            full(b"hdlr", b"mhlr", handler, b"CANA", bytes(8), word("handler") + b"\0"),
            box(
                b"minf",
                media,
                box(b"dinf", full(b"dref", struct.pack(">I", 1), full(b"url ", word("reference"), flags=1))),
                box(
                    b"stbl",
                    full(b"stsd", struct.pack(">I", 1), entry),
                    full(b"stts", struct.pack(">III", 1, SAMPLES, 100)),
                    full(b"stsc", struct.pack(">IIII", 1, 1, 10, 1)),
                    full(b"stsz", struct.pack(">II", 0, SAMPLES), *(struct.pack(">I", size) for size in sizes)),
                    full(b"co64" if wide else b"stco", struct.pack(">I", len(chunks)),
                         *(struct.pack(">Q" if wide else ">I", chunk) for chunk in chunks)),
                    full(b"sgpd", b"cana", word("group")),
                ),
            ),
            box(b"udta", box(b"name", word("track"))),
        ),
        box(b"meta", word("trackmeta")),
    )  # fmt: skip


def udta() -> bytes:
    place = PLACE.encode()
    return box(
        b"udta",
        box(b"\xa9xyz", struct.pack(">HH", len(place), 0x15C7), place),
        box(b"\xa9mak", word("make")),
        box(b"\xa9mod", word("model")),
        full(
            b"meta", full(b"hdlr", bytes(4), b"mdir", bytes(12)), box(b"ilst", box(b"\xa9nam", word("title")))
        ),
    )


def movie(
    *,
    brand: bytes | None = b"isom",
    picture: bool = True,
    sound: bool = True,
    moov_first: bool = False,
    wide: bool = False,
    turned: bool = False,
    shift: int = 0,
) -> bytes:
    """Chunks of sound, picture and coordinates alternate, with a word between them. `shift` moves what tables say."""
    kinds = [(b"vide", b"v", avc1()) if picture else None, (b"soun", b"a", mp4a()) if sound else None]
    kinds.append((b"meta", word("gps"), box(b"mebx", bytes(8))))
    tracks = [kind for kind in kinds if kind]
    chunks: dict[bytes, list[int]] = {name: [] for _, name, _ in tracks}
    body = word("gap")
    for first in range(0, SAMPLES, 10):
        for _, name, _ in tracks:
            chunks[name].append(len(body))
            body += b"".join(samples(name)[first : first + 10]) + word("gap")

    def moov(base: int) -> bytes:
        made = [
            track(number, handler, entry, [len(one) for one in samples(name)],
                  [chunk + base + shift for chunk in chunks[name]], wide=wide, turned=turned)
            for number, (handler, name, entry) in enumerate(tracks, 1)
        ]  # fmt: skip
        head = full(b"mvhd", TIMES, struct.pack(">II", TICKS, 3_000), bytes(80), struct.pack(">I", 9))
        return box(b"moov", head, *made, udta(), box(b"meta", word("moviemeta")))

    start = box(b"ftyp", brand, struct.pack(">I", 512), b"isommp42") if brand else box(b"wide")
    start += box(b"uuid", bytes(16), word("uuid")) + box(b"free", word("free"))
    if moov_first:
        base = len(start) + len(moov(0)) + 8
        return start + moov(base) + box(b"mdat", body) + box(b"meta", word("filemeta"))
    return start + box(b"mdat", body) + moov(len(start) + 8) + box(b"skip", word("skip"))


def fragmented() -> bytes:
    """As browsers record: an empty movie, then fragments of ten samples; coordinates in a track beside."""
    tracks = [
        track(number, handler, entry, [], [], wide=False)
        .replace(full(b"stts", struct.pack(">III", 1, SAMPLES, 100)), full(b"stts", bytes(4)) + box(b"free"))
        .replace(full(b"stsz", struct.pack(">II", 0, SAMPLES)), full(b"stsz", bytes(8)))
        .replace(full(b"stsc", struct.pack(">IIII", 1, 1, 10, 1)), full(b"stsc", bytes(4)) + box(b"free", bytes(4)))
        for number, handler, entry in ((1, b"vide", avc1()), (2, b"meta", box(b"mebx", bytes(8))))
    ]  # fmt: skip
    head = full(b"mvhd", TIMES, struct.pack(">II", TICKS, 0), bytes(80), struct.pack(">I", 9))
    extends = box(b"mvex", *(full(b"trex", struct.pack(">IIIII", id_, 1, 100, 0, 0)) for id_ in (1, 2)))
    whole = box(b"ftyp", b"iso5", bytes(4), b"iso5") + box(b"moov", head, *tracks, extends, udta())
    for number, first in enumerate(range(0, SAMPLES, 10), 1):
        whole += _fragment(
            number, samples(b"v")[first : first + 10], samples(word("gps"))[first : first + 10]
        )
    return whole


def _fragment(number: int, film: list[bytes], places: list[bytes]) -> bytes:
    def run(track_id: int, parts: list[bytes], offset: int) -> bytes:
        return box(
            b"traf",
            full(b"tfhd", struct.pack(">I", track_id), flags=0x20000),
            full(b"tfdt", struct.pack(">I", (number - 1) * 1_000)),
            full(b"trun", struct.pack(">Ii", len(parts), offset), *(struct.pack(">I", len(p)) for p in parts), flags=0x201),
            box(b"udta", word("run")),
        )  # fmt: skip

    def moof(offset: int) -> bytes:
        behind = offset + sum(map(len, film))
        return box(
            b"moof", full(b"mfhd", struct.pack(">I", number)), run(1, film, offset), run(2, places, behind)
        )

    return moof(len(moof(0)) + 8) + box(b"mdat", *film, *places, word("gap")) + box(b"emsg", word("emsg"))


# --- WebM ----------------------------------------------------------------------------------------
def element(id_: int, *parts: bytes, is_open: bool = False) -> bytes:
    body = b"".join(parts)
    name = id_.to_bytes((id_.bit_length() + 7) // 8, "big")
    size = b"\x01" + b"\xff" * 7 if is_open else (len(body) | 1 << 28).to_bytes(4, "big")
    return name + size + body


def number(id_: int, value: int) -> bytes:
    return element(id_, value.to_bytes(max(1, (value.bit_length() + 7) // 8), "big"))


def webm(
    *, picture: bool = True, is_open: bool = False, doc_type: bytes = b"webm", codec: bytes = b"V_VP8",
    private: Callable[[], bytes] | None = None,
) -> bytes:  # fmt: skip
    """Tracks 1 (film), 2 (sound) and 3 (captions); `is_open`: as a browser records, without sizes."""
    head = element(
        0x1A45DFA3, number(0x4286, 1), number(0x42F7, 1), element(0x4282, doc_type), number(0x4287, 4)
    )
    info = element(
        0x1549A966, number(0x2AD7B1, 1_000_000), element(0x4D80, word("muxer")), element(0x5741, word("writer")),
        element(0x7BA9, word("title")), number(0x4461, 123_456), element(0x73A4, word("uid")),
    )  # fmt: skip
    opus = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    film = element(
        0xAE, number(0xD7, 1), number(0x73C5, 1), number(0x83, 1), element(0x86, codec),
        element(0x536E, word("name")), element(0xE0, number(0xB0, 64), number(0xBA, 48)),
    )  # fmt: skip
    sound = element(
        0xAE, number(0xD7, 2), number(0x73C5, 2), number(0x83, 2),
        element(0x86, b"A_VORBIS" if private else b"A_OPUS"), element(0x63A2, private() if private else opus),
        element(0xE1, element(0xB5, struct.pack(">f", 48_000)), number(0x9F, 1)),
    )  # fmt: skip
    captions = element(
        0xAE, number(0xD7, 3), number(0x73C5, 3), number(0x83, 17), element(0x86, b"S_TEXT/UTF8")
    )
    tracks = element(0x1654AE6B, film if picture else b"", sound, captions)
    tags = element(
        0x1254C367,
        element(0x7373, element(0x67C8, element(0x45A3, b"LOCATION"), element(0x4487, word("tag")))),
    )
    files = element(
        0x1941A469, element(0x61A7, element(0x466E, word("file")), element(0x465C, word("cover")))
    )
    chapters = element(0x1043A770, element(0x45B9, element(0x4999, word("chapter"))))
    clusters = b"".join(_cluster(first, picture=picture, is_open=is_open) for first in range(0, SAMPLES, 10))
    inside = element(0xEC, word("void")) + info + tracks + tags + clusters + files + chapters
    return head + element(0x18538067, inside, is_open=is_open)


def _cluster(first: int, *, picture: bool, is_open: bool) -> bytes:
    blocks = []
    for at in range(first, first + 10):
        time = struct.pack(">h", (at - first) * 100)
        if picture:
            blocks.append(element(0xA3, b"\x81" + time + b"\x80" + sample(b"v", at)))
        blocks.append(
            element(
                0xA0,
                element(0xA1, b"\x82" + time + b"\0" + sample(b"a", at)),
                element(0x75A1, word("addition")),
            )
        )
        blocks.append(element(0xA3, b"\x83" + time + b"\0" + word("caption")))
    return element(
        0x1F43B675, number(0xE7, first * 100), *blocks, element(0xEC, word("void")), is_open=is_open
    )


def vorbis_private() -> bytes:
    """Vorbis' three headers, as WebM laces them."""
    head = b"\x01vorbis" + struct.pack("<IBIIIIBB", 0, 1, 44_100, 0, 0, 0, 0xB8, 1)
    comment, setup = b"\x03vorbis" + vorbis_comment() + b"\x01", b"\x05vorbis" + bytes(300)
    lacing = b"".join(bytes([255] * (len(one) // 255) + [len(one) % 255]) for one in (head, comment))
    return b"\x02" + lacing + head + comment + setup
