"""Is everything well?"""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.queries.integrity import integrity_problems
from prayermap.health import CHECKS, works


class Command(BaseCommand):
    help = (
        "Check database, migrations, partitions and Valkey; with --deep also every message's numbers and "
        "references (a scan of all months). Status 1 when something is wrong. "
        "Example: manage.py check_health --deep --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--deep", action="store_true", help="scan all messages as well; minutes on a large table"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        parts = {name: works(check) for name, check in CHECKS.items()}
        problems = integrity_problems() if options["deep"] and parts["database"] else []
        if options["json"]:
            self.stdout.write(json.dumps({"parts": parts, "problems": problems}))
        else:
            for name, is_well in parts.items():
                self.stdout.write(f"{name}: {'ok' if is_well else 'NOT OK'}")
            for problem in problems:
                self.stdout.write(
                    f"conversation {problem['conversation']}: {problem['problem']} ({problem['found']})"
                )
            if options["deep"] and not problems:
                self.stdout.write("messages: ok")
        if problems or not all(parts.values()):
            raise CommandError("Something is wrong.", returncode=1)
