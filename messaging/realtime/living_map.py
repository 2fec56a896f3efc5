"""The Living Map, live: what happens on it, to the sockets that watch the part in which it happens.

News carries ids only. However many sockets watch, a process reads what they stand for once in half a second, as one of
those who watch: everybody sees the same.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Iterable
from typing import TYPE_CHECKING, NamedTuple
from uuid import UUID

import msgspec

from prayermap.lib import news
from prayermap.lib.acting import acting_as
from prayers.events import MAP, MapChanged
from prayers.map_schemas import Feature, LineOnMap, LineString
from prayers.places import Box
from prayers.queries.living_map import map_changes

from .database import in_database

if TYPE_CHECKING:
    from .hub import Hub
    from .sockets import Socket

logger = logging.getLogger(__name__)

#: What happens within this time is read and told together.
GATHER_S = 0.5
#: Of more prayers and lines at a time it is only said that there were many.
MOST_GATHERED = 1_000
#: So much is held for one socket; beyond, its client is told to load the box anew.
MOST_HELD = 200
#: After a loss of news all maps load anew; not more often than this.
RELOAD_EVERY_S = 30.0
#: Sockets that are told before others' work gets its turn.
_AT_ONCE = 200
_RELOAD = '{"type":"map.updated","data":{"features":[],"removed":[],"reload":true}}'
_encode = msgspec.json.Encoder().encode


class Shown(NamedTuple):
    """A feature, encoded once for everybody, and where it is in hundredths of a degree. `prayer`: that of a line."""

    id: str
    text: str
    places: tuple[tuple[int, int], ...]
    prayer: str
    has_left: bool


class Told(NamedTuple):
    """What was read together. `gone`: nowhere any more."""

    gone: list[str]
    shown: list[Shown]


class Watch:
    """The box that a socket watches, and what waits to be told of it: of each prayer and line the newest."""

    __slots__ = ("_is_overfull", "_removed", "_shown", "box")

    def __init__(self, box: Box) -> None:
        self.box = box
        self._shown: dict[str, Shown] = {}
        self._removed: dict[str, None] = {}
        self._is_overfull = False

    def add(self, told: Told) -> None:
        if self._is_overfull:
            return
        inside = [one for one in told.shown if any(self.box.holds(*place) for place in one.places)]
        here = {one.id for one in inside}
        for id_ in told.gone:
            self._remove(id_)
        for one in told.shown:
            if one.has_left and one.id not in here:
                self._remove(one.id)
        for one in inside:
            self._removed.pop(one.id, None)
            self._shown[one.id] = one
        if len(self._shown) + len(self._removed) > MOST_HELD:
            self.overfill()

    def overfill(self) -> None:
        """Something was missed, or it is too much."""
        self._shown.clear()
        self._removed.clear()
        self._is_overfull = True

    def take(self) -> str | None:
        """One `map.updated` of all that waits, which is forgotten; None for nothing.

        In the order of ids, not of time: of what is anonymous that is nobody's business.
        """
        if self._is_overfull:
            self._is_overfull = False
            return _RELOAD
        if not self._shown and not self._removed:
            return None
        features = ",".join(self._shown[id_].text for id_ in sorted(self._shown, reverse=True))
        removed = _encode(sorted(self._removed)).decode()
        self._shown.clear()
        self._removed.clear()
        return f'{{"type":"map.updated","data":{{"features":[{features}],"removed":{removed}}}}}'

    def _remove(self, id_: str) -> None:
        """Clients drop the lines of a removed prayer, and take what is removed before what is new."""
        self._removed[id_] = None
        self._shown.pop(id_, None)
        for line in [one.id for one in self._shown.values() if one.prayer == id_]:
            del self._shown[line]


class _Gathered:
    """Ids of which there is news, and whether each may have left its place."""

    def __init__(self) -> None:
        self.prayers: dict[str, bool] = {}
        self.lines: dict[str, bool] = {}
        self.lines_of: dict[str, None] = {}
        self.is_too_much = False

    def __bool__(self) -> bool:
        return bool(self.prayers or self.lines or self.is_too_much)

    def add(self, event: MapChanged) -> None:
        for ids, known in ((event.prayers, self.prayers), (event.lines, self.lines)):
            for id_ in ids:
                known[id_] = known.get(id_, False) or event.has_left
        if event.with_lines:
            self.lines_of.update(dict.fromkeys(event.prayers))
        if len(self.prayers) + len(self.lines) > MOST_GATHERED:
            self.prayers.clear()
            self.lines.clear()
            self.lines_of.clear()
            self.is_too_much = True


class LivingMap:
    """Of one process."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._watching: dict[Socket, None] = {}
        self._gathered = _Gathered()
        self._is_working = self._has_gap = self._is_repairing = False

    def start(self) -> None:
        news.handle(MAP, MapChanged, self.on_changed)

    def watch(self, socket: Socket, box: Box | None) -> None:
        """From now on this box, and no other; None: nothing."""
        if box is None:
            self._watching.pop(socket, None)
            socket.watch = None
        else:
            socket.watch = Watch(box)
            self._watching[socket] = None

    def on_changed(self, event: MapChanged) -> None:
        if self._watching:
            self._gathered.add(event)
            if not self._is_working:
                self._is_working = True
                self._hub.run(self._tell_all())

    def on_gap(self) -> None:
        """News may have been missed, of prayers as of everything; the map has no `rev` by which that could be read."""
        self._has_gap = True
        if self._watching and not self._is_repairing:
            self._is_repairing = True
            self._hub.run(self._repair())

    async def _tell_all(self) -> None:
        try:
            while self._gathered:
                await asyncio.sleep(GATHER_S)
                gathered, self._gathered = self._gathered, _Gathered()
                try:
                    await self._tell(gathered)
                except Exception:
                    logger.warning("the map was not told", exc_info=True)
                    self._gathered.is_too_much = True  # what couldn't be read now, clients read then
        finally:
            self._is_working = False

    async def _tell(self, gathered: _Gathered) -> None:
        reader = next(iter(self._watching), None)
        if reader is None:
            return
        told = None if gathered.is_too_much else await in_database(_read, reader.user, gathered)
        await self._show(told)

    async def _show(self, told: Told | None) -> None:
        """None: everybody loads anew."""
        for number, socket in enumerate(list(self._watching)):
            if socket.watch is None:  # it left meanwhile
                continue
            if told is None:
                socket.watch.overfill()
            else:
                socket.watch.add(told)
            # What a quiet client has waiting goes with its next batch.
            if not socket.is_quiet and (text := socket.watch.take()):
                socket.push(text)
            if number % _AT_ONCE == _AT_ONCE - 1:
                await asyncio.sleep(0)

    async def _repair(self) -> None:
        try:
            while self._has_gap:
                self._has_gap = False
                await self._show(None)
                await asyncio.sleep(RELOAD_EVERY_S)
        finally:
            self._is_repairing = False


def _read(user: UUID, gathered: _Gathered) -> Told | None:
    """What these ids stand for now; None for too many lines."""
    with acting_as(user):
        found = map_changes(_uuids(gathered.prayers), _uuids(gathered.lines), _uuids(gathered.lines_of))
    if not found.is_complete:
        return None
    left = gathered.prayers | gathered.lines
    here = {one.id for one in found.features}
    gone = [id_ for id_, has_left in left.items() if has_left and id_ not in here]
    # The lines of a prayer that moved begin elsewhere, and may have left as well: they are removed with it.
    return Told(gone, [_shown(one, has_left=left.get(one.id, False)) for one in found.features])


def _shown(feature: Feature, *, has_left: bool) -> Shown:
    geometry, properties = feature.geometry, feature.properties
    ends = geometry.coordinates if isinstance(geometry, LineString) else (geometry.coordinates,)
    places = tuple((round(latitude * 100), round(longitude * 100)) for longitude, latitude in ends)
    prayer = str(properties.prayer) if isinstance(properties, LineOnMap) else ""
    return Shown(feature.id, _encode(feature).decode(), places, prayer, has_left)


def _uuids(ids: Iterable[str]) -> list[UUID]:
    return [UUID(id_) for id_ in ids]
