"""Pictures with a word in every corner."""

import io
import struct
import zlib

from PIL import Image, ImageCms, PngImagePlugin

from tests.uploads.canary import PLACE, WORD, word

SIZE = (64, 48)


def painted(mode: str = "RGB", size: tuple[int, int] = SIZE) -> Image.Image:
    """A gradient: something that a decoder can get wrong."""
    gradient = Image.linear_gradient("L").resize(size)
    return Image.merge("RGB", (gradient, gradient.rotate(180), gradient)).convert(mode)


def saved(image: Image.Image, form: str, **options: object) -> bytes:
    out = io.BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def exif(orientation: int = 1) -> Image.Exif:
    found = Image.Exif()
    found[0x0112] = orientation
    found[0x010F], found[0x0110], found[0x013B] = f"{WORD}-make", f"{WORD}-model", f"{WORD}-artist"
    gps = found.get_ifd(0x8825)
    gps[1], gps[2], gps[3], gps[4] = "N", (40.0, 42.0, 46.0), "W", (74.0, 0.0, 21.0)
    gps[29] = f"{WORD}-gps"
    found.get_ifd(0x8769)[0x9286] = b"ASCII\0\0\0" + word("comment")
    return found


def profile(name: str = f"{WORD}-profile") -> bytes:
    """An ICC profile of a device that isn't sRGB, whose description has the word."""
    raw = ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes()
    return raw.replace(b"sRGB", b"xRGB") + name.encode()


XMP = f'<x:xmpmeta xmlns:x="adobe:ns:meta/"><dc:creator>{WORD}-xmp</dc:creator>{PLACE}</x:xmpmeta>'.encode()


def jpeg(*, orientation: int = 1, mode: str = "RGB", size: tuple[int, int] = SIZE) -> bytes:
    plain = saved(
        painted(mode, size),
        "JPEG",
        exif=exif(orientation),
        comment=word("comment"),
        icc_profile=profile(),
        xmp=XMP,
    )
    iptc = b"Photoshop 3.0\0" + b"8BIM" + word("iptc")
    segments = b"".join(
        b"\xff" + bytes([marker]) + struct.pack(">H", len(body) + 2) + body
        for marker, body in ((0xED, iptc), (0xEF, word("app15")))
    )
    return plain[:2] + segments + plain[2:] + word("behind")


def png(*, mode: str = "RGB", size: tuple[int, int] = SIZE, **options: object) -> bytes:
    text = PngImagePlugin.PngInfo()
    text.add_text("Author", f"{WORD}-text")
    text.add_text("Comment", f"{WORD}-ztxt", zip=True)
    text.add_itxt("XML:com.adobe.xmp", XMP.decode(), zip=False)
    plain = saved(
        painted(mode, size), "PNG", pnginfo=text, exif=exif(), icc_profile=profile(), dpi=(72, 72), **options
    )
    return with_chunk(plain, b"caNA", word("chunk")) + word("behind")


def with_chunk(png: bytes, kind: bytes, body: bytes) -> bytes:
    """The same PNG with one chunk more behind its header."""
    whole = struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))
    return png[:33] + whole + png[33:]


def webp(*, mode: str = "RGB", size: tuple[int, int] = SIZE) -> bytes:
    return saved(painted(mode, size), "WEBP", exif=exif(), xmp=XMP, icc_profile=profile()) + word("behind")


def gif(*, size: tuple[int, int] = SIZE) -> bytes:
    return saved(painted("P", size), "GIF", comment=word("comment")) + word("behind")


def animation(form: str, frames: int = 3, size: tuple[int, int] = SIZE) -> bytes:
    """Each frame another colour; 80 ms each, for ever."""
    colours = ["red", "lime", "blue", "white", "black"]
    images = [Image.new("RGB", size, colours[number % 5]) for number in range(frames)]
    more = {"comment": word("comment")} if form == "GIF" else {"exif": exif()}
    return saved(images[0], form, save_all=True, append_images=images[1:], duration=80, loop=0, **more)


def png_header(width: int, height: int, *, data: bytes = b"") -> bytes:
    """A PNG that says how large it is and then has only `data`."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", head) + chunk(b"IDAT", data) + chunk(b"IEND", b"")


def gif_bomb(frames: int, side: int) -> bytes:
    """Few bytes, many frames of one pixel each, every one painted onto the whole screen."""
    screen = struct.pack("<HHBBB", side, side, 0x80, 0, 0) + bytes(6)
    head = b"GIF89a" + screen + b"!\xff\x0bNETSCAPE2.0\3\1\0\0\0"
    frame = b"!\xf9\4\0\1\0\0\0," + struct.pack("<HHHHB", 0, 0, 1, 1, 0) + b"\2\2\x44\1\0"
    return head + frame * frames + b";"
