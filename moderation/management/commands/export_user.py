"""`manage.py export_user`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import CommandError, CommandParser

from moderation.privacy.exporting import write_export
from moderation.privacy.officer import find_person
from moderation.services.auditing import record
from prayermap.lib.commands import OperatorCommand


class Command(OperatorCommand):
    help = """Write everything that is held of a person into a ZIP: JSON, pages to read, their files. Others' words only
where the person sees them today; nobody behind an anonymous message, no moderator.

The file is readable by its owner alone, and whole or not there. Again: it is written anew.

Example:
    manage.py export_user ruth@example.com --output ruth.zip

Exit status: 0 done; 1 failed; 2 wrong use."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("person", help="e-mail address or id of the account")
        parser.add_argument("--output", metavar="FILE", type=Path, required=True, help="write the ZIP there")

    def handle(self, *_: Any, **options: Any) -> None:
        file: Path = options["output"]
        if not os.access(file.parent, os.W_OK) or file.is_dir():
            raise CommandError("The file can't be written there.", returncode=2)
        person = find_person(options["person"])
        if person is None:
            raise CommandError("There is no such account.")
        size = _write(file, person)
        record(action="privacy.export_made", subject_kind="person", subject=person, using="owner")
        if options["json"]:
            self.print_json({"person": person, "file": file, "size": size})
        else:
            self.stdout.write(f"Wrote {file} ({size:,} bytes).")


def _write(file: Path, person: UUID) -> int:
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    try:
        with open(os.open(beside, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600), "w+b") as target:  # noqa: PTH123 - a mode
            write_export(person, target)
        beside.replace(file)
    finally:
        beside.unlink(missing_ok=True)
    return file.stat().st_size
