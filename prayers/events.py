"""News of the Living Map: which prayers and lines are to be looked at anew. Nothing of them travels, only ids."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

import msgspec

from prayermap.lib.news import publish_on_commit

MAP = "prayers.map"


class MapChanged(msgspec.Struct, frozen=True):
    """Between our own processes only; clients never see it."""

    prayers: list[str] = []
    lines: list[str] = []
    #: They may have left the place where somebody sees them.
    has_left: bool = False
    #: The lines of these prayers have changed with them.
    with_lines: bool = False


def publish_map(
    *,
    prayers: Iterable[UUID] = (),
    lines: Iterable[UUID] = (),
    has_left: bool = False,
    with_lines: bool = False,
    using: str = "default",
) -> None:
    """After the commit. Call it for what isn't on the map as well: whoever reads finds nothing and says nothing."""
    event = MapChanged(list(map(str, prayers)), list(map(str, lines)), has_left, with_lines)
    if event.prayers or event.lines:
        publish_on_commit(MAP, event, using=using)
