"""What happened in a steady run, gathered between two looks: latencies, counts, refusals by cause, errors."""

from __future__ import annotations

from array import array
from collections import Counter, defaultdict

#: Milliseconds by what was timed.
Ages = dict[str, "array[float]"]


class Notes:
    """Written by everything that acts, read every ten seconds."""

    def __init__(self) -> None:
        self.ages: Ages = defaultdict(lambda: array("f"))
        self.counts: Counter[str] = Counter()
        self.refused: Counter[str] = Counter()
        self.errors: Counter[str] = Counter()

    def age(self, what: str, milliseconds: float) -> None:
        self.ages[what].append(milliseconds)

    def take_ages(self) -> Ages:
        """The latencies since the last call."""
        taken, self.ages = dict(self.ages), defaultdict(lambda: array("f"))
        return taken

    def restart(self) -> None:
        """The warm-up is over: forget what it noted but its refusals and errors."""
        self.take_ages()
        self.counts.clear()
