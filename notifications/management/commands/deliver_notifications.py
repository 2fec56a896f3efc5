"""Push and mail what is due."""

from __future__ import annotations

import json
import signal
import threading
from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from notifications.services.delivering import Tally, deliver_due

IDLE_SECONDS = 1.0


class Command(BaseCommand):
    help = (
        "Decide about notifications that are due, and push and mail them. The worker does the same; run it by hand to "
        "see what happens, or beside the worker when much waits. Safe to run several times at once and to interrupt. "
        "Example: manage.py deliver_notifications --once --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--once", action="store_true", help="end when nothing is due, instead of waiting for more"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object at the end")

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        tally = Tally()
        try:
            self._run(tally, ended, once=options["once"])
        except OperationalError:
            raise CommandError("PostgreSQL is away; nothing is lost.", returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps(msgspec.structs.asdict(tally)))
        else:
            self.stdout.write(f"{_words(tally)}.")

    def _run(self, tally: Tally, ended: threading.Event, *, once: bool) -> None:
        while not ended.is_set():
            if deliver_due(tally, ended.is_set):
                if self.stderr.isatty():
                    self.stderr.write(f"\r{_words(tally)} …", ending="")
            elif once:
                break
            else:
                ended.wait(IDLE_SECONDS)
        if self.stderr.isatty():
            self.stderr.write("")


def _words(tally: Tally) -> str:
    return f"{tally.decided} decided, {tally.pushes} pushes, {tally.mails} mails"
