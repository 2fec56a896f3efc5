"""Pictures come out as they looked, and say nothing more."""

import io

import pytest
from PIL import Image

from prayermap.lib.media.cleaning import clean
from prayermap.lib.media.facts import Facts
from prayermap.lib.media.unfit import Oversized
from tests.uploads import pictures
from tests.uploads.canary import found


def cleaned(data: bytes, label: str = "") -> tuple[Facts, bytes, bytes]:
    target, thumbnail = io.BytesIO(), io.BytesIO()
    facts = clean(io.BytesIO(data), target, thumbnail, label=label)
    return facts, target.getvalue(), thumbnail.getvalue()


def opened(data: bytes) -> Image.Image:
    image = Image.open(io.BytesIO(data))
    image.load()
    return image


def difference(one: Image.Image, other: Image.Image) -> int:
    """The largest difference of any channel of any pixel."""
    pairs = zip(one.convert("RGBA").tobytes(), other.convert("RGBA").tobytes(), strict=True)
    return max(abs(a - b) for a, b in pairs)


ALL = [
    ("image/jpeg", pictures.jpeg),
    ("image/png", pictures.png),
    ("image/webp", pictures.webp),
    ("image/gif", pictures.gif),
    ("image/gif", lambda: pictures.animation("GIF")),
    ("image/webp", lambda: pictures.animation("WEBP")),
    ("image/png", lambda: pictures.animation("PNG")),
]


@pytest.mark.parametrize(("content_type", "make"), ALL)
def test_nothing_but_the_picture_is_left(content_type, make):
    data = make()
    assert list(found(data)), "the sample says nothing that could be found"
    facts, clean_data, thumbnail = cleaned(data)
    assert facts == Facts("image", content_type, *pictures.SIZE)
    assert [*found(clean_data), *found(thumbnail)] == []
    image = opened(clean_data)
    assert (dict(image.getexif()), image.info.keys() & {"exif", "xmp", "comment", "icc_profile"}) == (
        {},
        set(),
    )
    assert opened(thumbnail).format == "WEBP"


@pytest.mark.parametrize("orientation", range(1, 9))
def test_a_picture_is_turned_as_its_camera_held_it(orientation):
    facts, data, _ = cleaned(pictures.jpeg(orientation=orientation))
    width, height = pictures.SIZE
    assert (facts.width, facts.height) == ((height, width) if orientation > 4 else (width, height))
    assert opened(data).size == (facts.width, facts.height)


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "I;16"])
def test_modes_of_png_look_the_same(mode):
    image = pictures.painted("L") if mode == "I;16" else pictures.painted(mode)
    if mode == "I;16":
        image = image.convert("I").point(lambda value: value * 257).convert("I;16")
    facts, data, _ = cleaned(pictures.saved(image, "PNG"))
    assert facts.content_type == "image/png"
    shown = pictures.painted("L") if mode == "I;16" else image
    assert difference(shown, opened(data)) <= 1


def test_what_can_be_seen_through_stays_so():
    image = pictures.painted("RGBA")
    image.putalpha(Image.linear_gradient("L").resize(pictures.SIZE))
    for form in ("PNG", "WEBP"):
        _, data, thumbnail = cleaned(
            pictures.saved(image, form, **({"lossless": True} if form == "WEBP" else {}))
        )
        assert opened(data).getchannel("A").getextrema() == image.getchannel("A").getextrema()
        assert opened(thumbnail).mode == "RGBA"


@pytest.mark.parametrize("form", ["GIF", "WEBP", "PNG"])
def test_animations_stay_animations(form):
    _, data, thumbnail = cleaned(pictures.animation(form, frames=5))
    image = Image.open(io.BytesIO(data))
    colours = []
    for number in range(image.n_frames):
        image.seek(number)
        colours.append(image.convert("RGB").getpixel((5, 5)))
        assert image.info["duration"] == 80
    assert image.info["loop"] == 0
    wanted = [(255, 0, 0), (0, 255, 0), (0, 0, 255), (255, 255, 255), (0, 0, 0)]
    assert all(
        abs(a - b) <= 8
        for one, other in zip(colours, wanted, strict=True)
        for a, b in zip(one, other, strict=True)
    )
    assert not getattr(opened(thumbnail), "is_animated", False)


def test_colours_of_a_wide_profile_are_those_of_srgb():
    """A JPEG of print colours becomes one of a screen's."""
    facts, data, _ = cleaned(pictures.saved(pictures.painted("CMYK"), "JPEG"))
    assert (facts.content_type, opened(data).mode) == ("image/jpeg", "RGB")


@pytest.mark.parametrize(
    ("size", "small"), [((2_000, 1_000), (320, 160)), ((10, 5_000), (1, 320)), ((30, 20), (30, 20))]
)
def test_thumbnails_are_small(size, small):
    _, _, thumbnail = cleaned(pictures.saved(Image.new("RGB", size), "PNG"))
    assert opened(thumbnail).size == small


def test_the_limit_of_pixels_is_exact(settings):
    settings.IMAGE_PIXELS = 10_000
    assert cleaned(pictures.saved(Image.new("L", (100, 100)), "PNG"))[0].width == 100
    with pytest.raises(Oversized, match="10,000 pixels"):
        cleaned(pictures.saved(Image.new("L", (100, 101)), "PNG"))
    assert cleaned(pictures.animation("GIF", frames=3, size=(50, 50)))[0].width == 50
    with pytest.raises(Oversized, match="in all its frames together"):
        cleaned(pictures.animation("GIF", frames=5, size=(50, 50)))
