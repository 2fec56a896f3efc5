"""Whose presence is whose business, read from PostgreSQL for many people at once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple
from uuid import UUID

from prayermap.lib.acting import acting_as_writer
from prayermap.lib.db import call


class Circle(NamedTuple):
    """`shares`: whether this person's presence may be told. `people`: those who share theirs with such a person."""

    shares: bool
    people: frozenset[UUID]

    @property
    def visible(self) -> frozenset[UUID]:
        """Whose presence this person may see: only who shares sees others'."""
        return self.people if self.shares else frozenset()


def read_circles(people: Iterable[UUID]) -> dict[UUID, Circle]:
    """One statement. Who is no longer there is left out."""
    with acting_as_writer():
        rows = call("presence_circles", list(people), types="uuid[]")
    return {row.person: Circle(row.shares, frozenset(row.circle)) for row in rows}
