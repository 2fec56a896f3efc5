"""Python's collector of cycles, told what a server is like."""

from __future__ import annotations

import gc

#: Objects made and not yet gone before it looks at the youngest (700 by default): a batch of a hundred messages makes more
#: than that several times over, and each look in the midst of it calls all of them older. They take about a megabyte.
YOUNGEST = 10_000
#: Looks at the younger before one at the older, twice: a look at all after 90,000 objects, about as often as by default (70,000).
#: With 10 and 10 what a closed socket leaves waited for a million.
_OLDER_EACH = 3


def settle() -> None:
    """After the start: what is loaded now stays to the end, and is not looked through again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNGEST, _OLDER_EACH, _OLDER_EACH)
