"""The measured stretch of a run: warm first, without garbage collections of ours, with the cores used by each part and by all of the machine."""

from __future__ import annotations

import asyncio
import gc
import time
from typing import Any

from bench import machine


class Window:
    """`parts` names the process ids whose processor time is read, e.g. {"server": [812]}."""

    def __init__(self, parts: dict[str, list[int]]) -> None:
        self.parts = parts
        self.measuring = False

    async def measure(self, *, warm: float, seconds: float) -> dict[str, Any]:
        """Wait `warm` seconds, then measure for `seconds`. Returns the true length and cores by part."""
        gc.collect()
        gc.disable()
        try:
            await asyncio.sleep(warm)
            before, start = self._used(), time.perf_counter()
            self.measuring = True
            await asyncio.sleep(seconds)
            self.measuring = False
            length, after = time.perf_counter() - start, self._used()
        finally:
            gc.enable()
        return {
            "seconds": length,
            "cores": {name: round((after[name] - before[name]) / length, 2) for name in after},
        }

    def _used(self) -> dict[str, float]:
        used = {name: machine.cpu_seconds(pids) for name, pids in self.parts.items()}
        return {**used, "client": time.process_time(), "machine": machine.busy_seconds()}
