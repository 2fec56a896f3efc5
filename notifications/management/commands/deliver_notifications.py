"""Push and mail what is due."""

from __future__ import annotations

from collections.abc import Callable

from notifications.services.delivering import Tally, deliver_due
from prayermap.lib.commands import DueCommand


class Command(DueCommand[Tally]):
    help = (
        "Decide about notifications that are due, and push and mail them. The worker does the same; run it by hand to "
        "see what happens, or beside the worker when much waits. Safe to run several times at once and to interrupt. "
        "Example: manage.py deliver_notifications --once --json"
    )

    def tally(self) -> Tally:
        return Tally()

    def do_due(self, tally: Tally, is_ended: Callable[[], bool]) -> bool:
        return bool(deliver_due(tally, is_ended))

    def words(self, tally: Tally) -> str:
        return f"{tally.decided} decided, {tally.pushes} pushes, {tally.mails} mails"
