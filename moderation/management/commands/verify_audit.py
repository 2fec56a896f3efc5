"""Has anybody changed the audit trail?"""

from __future__ import annotations

from typing import Any

import msgspec
from django.core.management.base import BaseCommand, CommandError, CommandParser

from moderation.queries.verification import Verification, verify_audit
from prayermap.lib.times import utc_now


class Command(BaseCommand):
    help = (
        "Read the audit trail from end to end and say where an entry was changed, removed, added or moved, where a "
        "detail or a name is gone, and where a seal is not ours. Status 1 when something is wrong. "
        "Example: manage.py verify_audit --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")
        parser.add_argument(
            "--database", default="owner", help="the login to read with, which must see every entry (owner)"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        found = verify_audit(now=utc_now(), using=options["database"])
        if options["json"]:
            self.stdout.write(msgspec.json.encode(found).decode())
        else:
            self._say(found)
        if not found.is_whole:
            raise CommandError("The audit trail is not whole.", returncode=1)

    def _say(self, found: Verification) -> None:
        self.stdout.write(
            f"{found.entries} entries, sealed up to {found.sealed}; {found.erased} details were erased"
        )
        for problem in found.problems:
            self.stdout.write(f"entry {problem.number}: {problem.problem}")
        if found.is_whole:
            self.stdout.write("audit trail: ok")
