"""Pictures are painted anew: what leaves here is pixels and nothing else.

Turned as their EXIF data wanted, in sRGB, in the format they came in. Animations stay animations.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import suppress
from typing import Any, BinaryIO

from django.conf import settings
from PIL import Image, ImageCms, ImageOps

from .facts import Facts
from .unfit import Oversized, Unfit, Unreadable

THUMBNAIL_SIDE = 320
#: What WebP can hold; a longer side is no photograph.
LONGEST_SIDE = 16_383
MOST_FRAMES = 1_000
#: Pillow's name of each format, its type, and the modes in which it is stored; the last one holds any other.
FORMATS: dict[str, tuple[str, tuple[str, ...]]] = {
    "JPEG": ("image/jpeg", ("L", "RGB")),
    "PNG": ("image/png", ("1", "L", "LA", "P", "RGB", "RGBA")),
    "WEBP": ("image/webp", ("RGB", "RGBA")),
    "GIF": ("image/gif", ("L", "P", "RGBA")),
}
_OPTIONS: dict[str, dict[str, Any]] = {
    "JPEG": {"quality": 85, "optimize": True},
    "PNG": {},
    "WEBP": {"quality": 85},
    "GIF": {},
}
_SHORTEST_FRAME_MS, _LONGEST_FRAME_MS = 10, 60_000
#: Pillow's own guard, beside the exact one below: an error above twice this, while a file is opened.
Image.MAX_IMAGE_PIXELS = settings.IMAGE_PIXELS


def clean_image(source: BinaryIO, target: BinaryIO, thumbnail: BinaryIO, *, form: str) -> Facts:
    """Paint the picture of this format (a key of FORMATS) anew into `target`, and small into `thumbnail`.

    Raises Oversized for more pixels than settings.IMAGE_PIXELS, in an animation of all frames together, and
    Unreadable for what is no such picture, or is cut off.
    """
    try:
        with Image.open(source, formats=[form]) as image:
            _check_size(image)
            if getattr(image, "is_animated", False):
                first = _clean_animation(image, target, form)
            else:
                image.load()
                first = _clean_still(image, target, form)
            _write_thumbnail(first, thumbnail)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Oversized(_too_many_pixels()) from None
    except Unfit:
        raise
    except Exception:  # noqa: BLE001 - decoders meet broken files with errors of every kind
        raise Unreadable("The picture can't be read.") from None
    return Facts("image", FORMATS[form][0], first.width, first.height)


def _check_size(image: Image.Image) -> int:
    """The number of its pixels."""
    if max(image.size) > LONGEST_SIDE:
        raise Oversized(f"A picture may have {LONGEST_SIDE:,} pixels on a side.")
    pixels = image.width * image.height
    if pixels > settings.IMAGE_PIXELS:
        raise Oversized(_too_many_pixels())
    return pixels


def _too_many_pixels() -> str:
    return f"A picture may have {settings.IMAGE_PIXELS:,} pixels, an animation in all its frames together."


def _clean_still(image: Image.Image, target: BinaryIO, form: str) -> Image.Image:
    with suppress(Exception):  # whatever is wrong with what says how to turn it, the picture is there
        image = ImageOps.exif_transpose(image)
    image = _bare(_in_srgb(image), form)
    image.save(target, form, **_OPTIONS[form])
    return image


def _clean_animation(image: Image.Image, target: BinaryIO, form: str) -> Image.Image:
    looping = {"loop": image.info["loop"]} if isinstance(image.info.get("loop"), int) else {}
    times: list[int] = []
    frames = _frames(image, times)
    first = next(frames)
    others = list(frames)
    first.save(target, form, save_all=True, append_images=others, duration=times, **looping, **_OPTIONS[form])
    return first


def _frames(image: Image.Image, times: list[int]) -> Iterator[Image.Image]:
    """Each frame as it is seen; its time is added to `times`, in milliseconds."""
    pixels = 0
    for number in range(MOST_FRAMES + 1):
        try:
            image.seek(number)
        except EOFError:
            return
        pixels += _check_size(image)
        if pixels > settings.IMAGE_PIXELS:
            raise Oversized(_too_many_pixels())
        image.load()
        times.append(_frame_ms(image.info.get("duration", 100)))
        frame = image.convert("RGBA")
        frame.info = {}
        yield frame
    raise Oversized(f"An animation may have {MOST_FRAMES:,} frames.")


def _frame_ms(told: Any) -> int:
    return int(min(max(float(told), _SHORTEST_FRAME_MS), _LONGEST_FRAME_MS))


def _in_srgb(image: Image.Image) -> Image.Image:
    """The same colours without a profile, which names devices and their makers."""
    profile = image.info.get("icc_profile")
    if profile and b"sRGB" not in profile[:1_024] and image.mode in ("RGB", "RGBA", "CMYK", "L"):
        with suppress(Exception):  # a broken profile is none
            found = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            mode = image.mode if image.mode == "RGBA" else "RGB"
            converted = ImageCms.profileToProfile(
                image, found, ImageCms.createProfile("sRGB"), outputMode=mode
            )
            return converted or image
    return image


def _bare(image: Image.Image, form: str) -> Image.Image:
    """A copy in a mode of the format, with nothing else remembered: Pillow writes comments and more out again."""
    if image.mode.startswith("I"):  # 16 bits of grey
        image = image.point(lambda value: value / 256).convert("L")
    modes = FORMATS[form][1]
    bare = image.copy() if image.mode in modes else image.convert(_mode_for(image, modes))
    bare.info = {name: value for name, value in bare.info.items() if name == "transparency"}
    return bare


def _mode_for(image: Image.Image, modes: tuple[str, ...]) -> str:
    return "RGB" if "RGB" in modes and not image.has_transparency_data else modes[-1]


def _write_thumbnail(image: Image.Image, target: BinaryIO) -> None:
    small = image.convert("RGBA" if image.has_transparency_data else "RGB")
    small.info = {}
    small.thumbnail((THUMBNAIL_SIDE, THUMBNAIL_SIDE))
    small.save(target, "WEBP", quality=75)
