"""Python's collector of cycles, told what a server is like."""

from __future__ import annotations

import gc

#: Objects made and not yet gone before it looks at the youngest (700 by default): a batch of a hundred messages makes more
#: than that several times over, and each look in the midst of it calls all of them older. They take about a megabyte.
YOUNGEST = 10_000


def settle() -> None:
    """After the start: what is loaded now stays to the end, and is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNGEST, 10, 10)
