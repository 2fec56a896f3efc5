"""Who has a device of theirs in use here: told to Valkey, so that nobody is pushed to while they look on."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from uuid import UUID, uuid4

from notifications.services.activity import note_active, note_inactive

if TYPE_CHECKING:
    from .hub import Hub

#: Devices that come and go within this time are told together.
_GATHER_S = 0.05


class Activity:
    """Of one process. A quiet client (in the background, on a bad line) is not in use."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self._process = uuid4().hex
        self._told: set[UUID] = set()  # known as active
        self._changed: dict[UUID, None] = {}

    def changed(self, user: UUID) -> None:
        """A device came, went, or changed its state."""
        if self._is_active(user) != (user in self._told):
            is_first = not self._changed
            self._changed[user] = None
            if is_first:
                self._hub.run(self._tell())

    def refresh(self) -> None:
        """What was told runs out; say it again. Called more often than every `ACTIVE_S`."""
        if self._told:
            self._hub.run(note_active(list(self._told), self._process))

    def _is_active(self, user: UUID) -> bool:
        return any(not socket.is_quiet for socket in self._hub.sockets.get(user, ()))

    async def _tell(self) -> None:
        await asyncio.sleep(_GATHER_S)
        changed, self._changed = self._changed, {}
        active = [user for user in changed if self._is_active(user)]
        gone = [user for user in changed if user in self._told and not self._is_active(user)]
        self._told.update(active)
        self._told.difference_update(gone)
        await note_active(active, self._process)
        await note_inactive(gone, self._process)
