"""What the SQL functions answer, as errors of the contract."""

from __future__ import annotations

from prayermap.lib.errors import BY_CODE, Conflict, Forbidden

_DETAILS = {
    Forbidden.code: "Only its author may do this.",
    Conflict.code: "This prayer takes no responses any more.",
}


def check_outcome(outcome: str) -> None:
    """Raises the error for an outcome other than `ok`."""
    if outcome != "ok":
        raise BY_CODE[outcome](_DETAILS.get(outcome))
