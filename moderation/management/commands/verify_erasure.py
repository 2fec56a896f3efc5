"""`manage.py verify_erasure`"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
from django.core.management.base import CommandError, CommandParser

from moderation.enums import ErasureState
from moderation.privacy import certificate
from prayermap.lib.commands import OperatorCommand, Progress
from prayermap.lib.times import utc_now


class Command(OperatorCommand):
    help = """Check a certificate of purge_user: is it genuine, and is nothing left of the person but what it lists?
Reads the whole database (about a minute for ten million messages).

Before the certificate's `anonymous_by` only what stood under the person's name is checked.

Examples:
    manage.py verify_erasure ruth.json
    manage.py verify_erasure ruth.json --word ruth@example.com

Exit status: 0 it holds; 1 something is left, or the file was changed; 2 wrong use (no certificate)."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("file", type=Path, help="the certificate")
        parser.add_argument(
            "--word", action="append", default=[], help="look for this as well, in every column of every table; "
            "others may have written it"
        )  # fmt: skip

    def handle(self, *_: Any, **options: Any) -> None:
        found = self._read(options["file"])
        progress = Progress(self)
        findings = [] if certificate.is_genuine(found) else [_FORGED]
        findings += certificate.check(found, words=tuple(options["word"]), told=progress.show)
        progress.clear()
        if options["json"]:
            self.stdout.write(msgspec.json.encode({"person": found.person, "findings": findings}).decode())
        else:
            for one in findings:
                place = f"{one.table}.{one.column}".strip(".")
                self.stdout.write(f"{one.what}: {place} ({one.rows:,} rows)" if place else one.what)
        if findings:
            raise CommandError("The certificate does not hold.")
        if not options["json"]:
            self._print_well(found)

    def _read(self, file: Path) -> certificate.Certificate:
        try:
            return certificate.read(file.read_bytes())
        except (OSError, msgspec.DecodeError) as error:
            raise CommandError(f"{file} is no certificate: {error}", returncode=2) from None

    def _print_well(self, found: certificate.Certificate) -> None:
        self.stdout.write("The certificate holds: nothing is left but what it lists.")
        if found.state != ErasureState.DONE and utc_now() < found.anonymous_by:
            self.stdout.write(
                f"Anonymous traces have time until {found.anonymous_by:%Y-%m-%d %H:%M} UTC; check again then."
            )


_FORGED = certificate.Finding("", "", 1, "the file was changed, or this server's keys didn't make it")
