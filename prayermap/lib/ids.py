"""UUIDv7 (RFC 9562, section 5.7), made in Python so that tests can move the clock."""

from __future__ import annotations

import secrets
import threading
import time
from datetime import UTC, datetime
from uuid import UUID

_lock = threading.Lock()
_last = [0, 0]  # milliseconds and counter of the newest id
_STEP_BACK_MS = 10_000  # a clock set back by less than this keeps counting where it was
_MAX_COUNTER = 0xFFF
_HOUR_MS = 3_600_000


def uuid7() -> UUID:
    """A new id, greater than every id this process made before (within small steps back of the clock)."""
    with _lock:
        ms = time.time_ns() // 1_000_000
        if 0 <= _last[0] - ms < _STEP_BACK_MS:
            ms, counter = _last[0], _last[1] + 1
            if counter > _MAX_COUNTER:
                ms, counter = ms + 1, 0
        else:
            counter = secrets.randbits(11)  # 11 of 12 bits: room to count up within the millisecond
        _last[:] = ms, counter
    return uuid7_at(ms, counter)


def uuid7_at(ms: int, counter: int | None = None) -> UUID:
    """A random UUIDv7 of this Unix time in milliseconds."""
    if counter is None:
        counter = secrets.randbits(12)
    return UUID(int=ms << 80 | 7 << 76 | counter << 64 | 2 << 62 | secrets.randbits(62))


def uuid7_of_hour() -> UUID:
    """A new id that tells the hour it was made in and no more: for what is anonymous."""
    ms = time.time_ns() // 1_000_000
    return uuid7_at(ms - ms % _HOUR_MS)


def uuid7_floor(moment: datetime) -> UUID:
    """The smallest value of that moment: zeros below the timestamp. A bound, never an id."""
    return UUID(int=int(moment.timestamp() * 1000) << 80)


def uuid7_time(value: UUID) -> datetime:
    """When a UUIDv7 was made, by the clock of who made it."""
    return datetime_of_ms(value.int >> 80)


def datetime_of_ms(ms: int) -> datetime:
    """A Unix time in milliseconds as a UTC datetime."""
    return datetime.fromtimestamp(ms / 1000, UTC)
