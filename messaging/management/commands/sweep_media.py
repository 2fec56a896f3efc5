"""Remove files that nobody will ask for again, and tell which are missing."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from messaging.services.media_sweep import sweep_media
from prayermap.lib.times import utc_now


class Command(BaseCommand):
    help = (
        "Remove uploads that no message took within a day, and files in the storage that no row speaks of; tell which "
        "files are missing (status 1). Safe to run at any time and twice at once. Example: manage.py sweep_media --json"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        swept = sweep_media(now=utc_now())
        if options["json"]:
            self.stdout.write(json.dumps(swept._asdict()))
        else:
            self.stdout.write(
                f"Removed {swept.unsent} unsent uploads and {swept.strays} files without a row."
            )
        if swept.missing:
            for name in [] if options["json"] else swept.missing:
                self.stdout.write(f"missing: {name}")
            raise CommandError(f"{len(swept.missing)} files are missing in the storage.", returncode=1)
