"""What follows a person's new name in the apps above: they are told before it is stored, inside its transaction."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from uuid import UUID

from django.db import transaction

from prayermap.lib.acting import acting_as

Follower = Callable[[str], None]

#: Upper apps add a function that is called with the new name of the person who acts.
on_renamed: list[Follower] = []


def tell_renamed(name: str) -> None:
    """Before the person's row is written: moderators' decisions lock conversations first and then people, too."""
    for follower in on_renamed:
        follower(name)


def tell_renamed_on_commit(*, user_id: UUID, name: str) -> None:
    """The same after somebody else renamed this person, who acts in the conversations then. A failure is logged."""
    transaction.on_commit(partial(_tell_as, user_id, name), robust=True)


def _tell_as(user_id: UUID, name: str) -> None:
    with acting_as(user_id):
        tell_renamed(name)
