"""What our maintenance commands share: help as it is written, `--json`, progress on a terminal, a clean end on Ctrl-C."""

from __future__ import annotations

import json
import signal
import sys
import threading
import time
from abc import abstractmethod
from argparse import RawDescriptionHelpFormatter
from collections.abc import Callable
from typing import Any, Generic, TypeVar

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

Tally = TypeVar("Tally", bound=msgspec.Struct)

#: What a shell reports of a program that was ended by Ctrl-C.
INTERRUPTED = 130
_EVERY_S = 0.2


class OperatorCommand(BaseCommand):
    """Exit status 0 done, 1 failed, 2 wrong use. `help` holds an example."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def execute(self, *args: Any, **options: Any) -> str | None:
        try:
            return super().execute(*args, **options)
        except KeyboardInterrupt:
            self.stderr.write("\nStopped. Nothing is half done; run it again to go on.")
            sys.exit(INTERRUPTED)

    def print_json(self, value: Any) -> None:
        """One object on one line; ids and times as text."""
        self.stdout.write(json.dumps(value, default=str))


class Progress:
    """One line on a terminal that says how far it is; nothing where nobody watches."""

    def __init__(self, command: BaseCommand) -> None:
        self._out = command.stderr
        self._is_watched = self._out.isatty()
        self._last = 0.0

    def show(self, text: str) -> None:
        if self._is_watched and time.monotonic() - self._last > _EVERY_S:
            self._last = time.monotonic()
            self._out.write(f"\r\x1b[K{text}", ending="")
            self._out.flush()

    def clear(self) -> None:
        if self._is_watched:
            self._out.write("\r\x1b[K", ending="")


class DueCommand(OperatorCommand, Generic[Tally]):
    """Does what is due, round after round, until it is told to end (SIGTERM, Ctrl-C); with `--once`, until nothing is.

    The tally of all rounds is printed at the end, and on a terminal meanwhile.
    """

    IDLE_SECONDS = 1.0

    @abstractmethod
    def tally(self) -> Tally:
        """An empty one."""

    @abstractmethod
    def do_due(self, tally: Tally, is_ended: Callable[[], bool]) -> bool:
        """One round, counted in `tally`. Returns whether there may be more."""

    @abstractmethod
    def words(self, tally: Tally) -> str:
        """The tally in a line."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--once", action="store_true", help="end when nothing is due, instead of waiting for more"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        ended = threading.Event()
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: ended.set())
        tally = self.tally()
        try:
            self._run(tally, ended, once=options["once"])
        except OperationalError:
            raise CommandError("PostgreSQL is away; nothing is lost.", returncode=1) from None
        if options["json"]:
            self.print_json(msgspec.structs.asdict(tally))
        else:
            self.stdout.write(f"{self.words(tally)}.")

    def _run(self, tally: Tally, ended: threading.Event, *, once: bool) -> None:
        progress = Progress(self)
        while not ended.is_set():
            if self.do_due(tally, ended.is_set):
                progress.show(f"{self.words(tally)} …")
            elif once:
                break
            else:
                ended.wait(self.IDLE_SECONDS)
        progress.clear()
