"""What our maintenance commands share: help as it is written, `--json`, progress on a terminal, a clean end on Ctrl-C."""

from __future__ import annotations

import json
import sys
import time
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

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
