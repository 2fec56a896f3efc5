"""Packages that others import only to see whether they are there."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from contextlib import contextmanager


@contextmanager
def absent(*names: str) -> Iterator[None]:
    """What is imported in this block finds these packages not installed, for which it is prepared.

    Whoever imports one of them afterwards gets it. One that was loaded before stays.
    """
    hidden = [name for name in names if name not in sys.modules]
    for name in hidden:
        sys.modules[name] = None  # type: ignore[assignment]  # as the import system documents it
    try:
        yield
    finally:
        for name in hidden:
            del sys.modules[name]
