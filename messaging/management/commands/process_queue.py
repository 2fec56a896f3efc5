"""Send what is due in the outboxes."""

from __future__ import annotations

from collections.abc import Callable

from messaging.outbox import Tally, send_due
from prayermap.lib.commands import DueCommand


class Command(DueCommand[Tally]):
    help = (
        "Send queued messages that are due, each once and those of a device in their order. The worker does the same; "
        "run it by hand to see what happens, or beside the worker when much is queued. Safe to run several times at "
        "once and to interrupt. Example: manage.py process_queue --once --json"
    )

    def tally(self) -> Tally:
        return Tally()

    def do_due(self, tally: Tally, is_ended: Callable[[], bool]) -> bool:
        return bool(send_due(tally, is_ended))

    def words(self, tally: Tally) -> str:
        return f"{tally.sent} sent, {tally.failed} failed, {tally.postponed} postponed"
