"""Pictures of the console for docs/moderators.md. `make pictures` takes them anew; without it nothing is written."""

import io
import os
from pathlib import Path

from PIL import Image

from tests.browser.axe import SCRIPT, faults
from tests.browser.chromium import Seat
from tests.messaging.realtime.serving import ROOT

PLACE = ROOT / "docs" / "images" / "moderators"
#: Of a file, in bytes.
LARGEST = 100_000
#: A page of one colour and black letters needs no more.
COLOURS = 64
IS_TAKING = bool(os.environ.get("TAKE_PICTURES"))


class Album:
    """The names of the pictures of one walk, in their order."""

    def __init__(self) -> None:
        self.names: list[str] = []

    def take(self, seat: Seat, name: str) -> None:
        """The window as it stands. Whatever is worth a picture is looked at by axe as well."""
        self.names.append(name)
        seat.page.mouse.move(0, 0)
        if SCRIPT.exists():
            found = faults(seat.page)
            assert not found, f"{name}: {found}"
        if IS_TAKING:
            _write(PLACE / f"{name}.png", seat.page.screenshot(animations="disabled", caret="hide"))


def _write(path: Path, raw: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with Image.open(io.BytesIO(raw)) as picture:
        small = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
        small.save(path, "PNG", optimize=True)
