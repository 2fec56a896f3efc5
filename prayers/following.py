"""What follows a prayer in the apps above: they are told before and after it changes, inside its transaction."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from uuid import UUID

Follower = Callable[[UUID], AbstractContextManager[None]]

#: Upper apps add a context manager that is entered before a prayer of the person who acts changes, and left after.
followers: list[Follower] = []


@contextmanager
def followed(prayer_id: UUID) -> Iterator[None]:
    """Around a change of a title, or a deletion."""
    with ExitStack() as stack:
        for follower in followers:
            stack.enter_context(follower(prayer_id))
        yield
