"""The key that signs pushes."""

from __future__ import annotations

import json
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from notifications.services import vapid


class Command(BaseCommand):
    help = (
        "Make the key that signs this server's pushes, in PRAYERMAP_DATA with mode 0600, unless there is one; print "
        "its public half. Every server and worker needs the same: copy the file, or set VAPID_PRIVATE_KEY. "
        "Example: manage.py make_vapid_key --json"
    )
    requires_system_checks: list[str] = []

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        is_new = vapid.make_key_file()
        try:
            key = vapid.application_server_key()
        except vapid.NoKey:
            raise CommandError("The key that there is can't be read as one.", returncode=1) from None
        if options["json"]:
            self.stdout.write(json.dumps({"made": is_new, "application_server_key": key}))
        else:
            self.stdout.write(f"{'Made a key' if is_new else 'There is a key'}; its public half is {key}")
