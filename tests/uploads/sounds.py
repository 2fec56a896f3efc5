"""Sound with a word in every corner. The frames are silence, or nothing that a decoder would care about."""

import struct

from prayermap.lib.media.ogg import checksum
from tests.uploads.canary import WORD, word


def id3v2(*, size: int = 0) -> bytes:
    """A tag with a title, padded to at least `size` bytes."""
    text = b"\x03" + word("id3v2")
    frame = b"TIT2" + struct.pack(">I", len(text)) + b"\0\0" + text
    body = frame.ljust(size, b"\0")
    length = len(body)
    syncsafe = bytes([length >> 21 & 127, length >> 14 & 127, length >> 7 & 127, length & 127])
    return b"ID3\x04\0\0" + syncsafe + body


def id3v1() -> bytes:
    return (b"TAG" + word("id3v1")).ljust(128, b"\0")


def ape() -> bytes:
    value = word("ape")
    item = struct.pack("<II", len(value), 0) + b"Artist\0" + value
    head = b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0xA0000000) + bytes(8)
    foot = b"APETAGEX" + struct.pack("<IIII", 2000, len(item) + 32, 1, 0x80000000) + bytes(8)
    return head + item + foot


#: MPEG-1 layer III, 128 kbit/s, 44.1 kHz, mono: 417 bytes.
MP3_FRAME = b"\xff\xfb\x90\xc0".ljust(417, b"\0")


def xing(frames: int) -> bytes:
    """The frame that counts the others, with the name of its encoder."""
    fields = b"Info" + struct.pack(">III", 7, frames, frames * 417) + bytes(range(100)) + b"LAME3.100"
    fields += bytes(12) + b"\x24\x01\x23" + word("xing")
    return (MP3_FRAME[:4] + bytes(17) + fields).ljust(417, b"\0")


def mp3(frames: int = 100) -> bytes:
    half = frames // 2
    return (
        id3v2(size=200) + xing(frames) + MP3_FRAME * half + id3v2() + word("between")
        + MP3_FRAME * (frames - half) + ape() + id3v1()
    )  # fmt: skip


def adts(frames: int = 100) -> bytes:
    """AAC-LC, 44.1 kHz, mono: frames of 16 bytes."""
    length = 16
    head = bytes(
        [
            0xFF,
            0xF1,
            1 << 6 | 4 << 2,
            1 << 6 | length >> 11,
            length >> 3 & 255,
            (length & 7) << 5 | 0x1F,
            0xFC,
        ]
    )
    return id3v2() + head.ljust(length, b"\0") * frames + id3v1()


def wave(
    *, seconds: float = 1.0, tag: int = 1, data: bytes | None = None, declared: int | None = None
) -> bytes:
    """8 kHz, mono, 16 bits."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return kind + struct.pack("<I", len(body)) + body + bytes(len(body) % 2)

    form = struct.pack("<HHIIHH", tag, 1, 8_000, 16_000, 2, 16)
    sound = bytes(int(seconds * 8_000) * 2) if data is None else data
    info = b"INFO" + chunk(b"IART", word("iart"))
    chunks = chunk(b"bext", word("bext").ljust(602, b"\0")) + chunk(b"fmt ", form) + chunk(b"LIST", info)
    length = len(sound) if declared is None else declared
    chunks += b"data" + struct.pack("<I", length) + sound
    chunks += chunk(b"id3 ", id3v2()) + chunk(b"iXML", word("ixml")) + chunk(b"_PMX", word("xmp"))
    return b"RIFF" + struct.pack("<I", 4 + len(chunks)) + b"WAVE" + chunks


def vorbis_comment(*, picture: int = 0) -> bytes:
    """Vendor and comments; a picture of so many bytes among them."""
    comments = [b"ARTIST=" + word("artist"), b"LOCATION=" + word("location")]
    if picture:
        comments.append(b"METADATA_BLOCK_PICTURE=" + (word("picture") * (picture // 14)))
    vendor = word("vendor")
    body = struct.pack("<I", len(vendor)) + vendor + struct.pack("<I", len(comments))
    return body + b"".join(struct.pack("<I", len(comment)) + comment for comment in comments)


def flac(*, samples: int = 44_100) -> bytes:
    def block(kind: int, body: bytes, *, last: bool = False) -> bytes:
        return bytes([kind | (0x80 if last else 0)]) + len(body).to_bytes(3, "big") + body

    stream = struct.pack(">HH", 4_096, 4_096) + bytes(6)
    stream += (44_100 << 44 | 0 << 41 | 15 << 36 | samples).to_bytes(8, "big") + bytes(16)
    picture = struct.pack(">I", 3) + word("picture")
    blocks = block(0, stream) + block(4, vorbis_comment()) + block(3, bytes(18)) + block(6, picture)
    blocks += block(2, b"test" + word("application")) + block(1, word("padding").ljust(500, b"\0"), last=True)
    return id3v2() + b"fLaC" + blocks + b"\xff\xf8\xc9\x18\0\xc2" + bytes(2_000) + ape() + id3v1()


def ogg_page(body: list[bytes], *, flags: int, position: int, sequence: int, serial: int = 7) -> bytes:
    """A page of whole packets."""
    lacing = b"".join(bytes([255] * (len(packet) // 255) + [len(packet) % 255]) for packet in body)
    return sealed_page(
        lacing, b"".join(body), flags=flags, position=position, sequence=sequence, serial=serial
    )


def sealed_page(
    lacing: bytes, body: bytes, *, flags: int, position: int, sequence: int, serial: int = 7
) -> bytes:
    head = struct.pack("<4sBBQIIIB", b"OggS", 0, flags, position, serial, sequence, 0, len(lacing))
    page = bytearray(head + lacing + body)
    page[22:26] = checksum(page).to_bytes(4, "little")
    return bytes(page)


def header_pages(packet: bytes, *more: bytes, sequence: int = 1) -> list[bytes]:
    """Packets over as many pages as they need, ending with one."""
    lacing = b"".join(bytes([255] * (len(one) // 255) + [len(one) % 255]) for one in (packet, *more))
    body, pages = packet + b"".join(more), []
    while lacing:
        part, lacing = lacing[:255], lacing[255:]
        length = sum(part)
        position = 0 if part.strip(b"\xff") else 0xFFFFFFFFFFFFFFFF
        flags = 1 if pages else 0
        pages.append(
            sealed_page(part, body[:length], flags=flags, position=position, sequence=sequence + len(pages))
        )
        body = body[length:]
    return pages


def opus(*, packets: int = 50, picture: int = 0, skip: int = 312) -> bytes:
    """Packets of 20 ms."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, skip, 48_000, 0, 0)
    pages = [ogg_page([head], flags=2, position=0, sequence=0)]
    pages += header_pages(b"OpusTags" + vorbis_comment(picture=picture) + b"\0" + word("padding"))
    for number in range(packets // 10):
        last = number == packets // 10 - 1
        pages.append(
            ogg_page(
                [b"\xf8\xff\xfe"] * 10,
                flags=4 if last else 0,
                position=skip + (number + 1) * 10 * 960,
                sequence=len(pages),
            )
        )
    return b"".join(pages) + word("behind")


def vorbis() -> bytes:
    head = b"\x01vorbis" + struct.pack("<IBIIIIBB", 0, 1, 44_100, 0, 0, 0, 0xB8, 1)
    setup = b"\x05vorbis" + bytes(3_000)
    pages = [ogg_page([head], flags=2, position=0, sequence=0)]
    pages += header_pages(b"\x03vorbis" + vorbis_comment() + b"\x01", setup)
    pages.append(ogg_page([bytes(40)] * 5, flags=4, position=44_100, sequence=len(pages)))
    return b"".join(pages) + id3v1()


def ogg_skeleton() -> bytes:
    """Two streams beside each other."""
    head = b"OpusHead" + struct.pack("<BBHIhB", 1, 1, 312, 48_000, 0, 0)
    return ogg_page([head], flags=2, position=0, sequence=0) + ogg_page(
        [b"\x80theora" + WORD.encode()], flags=2, position=0, sequence=0, serial=8
    )
