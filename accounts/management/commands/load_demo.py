"""`manage.py load_demo`"""

from __future__ import annotations

import json
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.services.demo import PASSWORD, load_demo_people


class Command(BaseCommand):
    help = """Make the demo people and their prayers in an empty database. Only with DEBUG; safe to run again.

Example:
    DEBUG=1 python manage.py load_demo

Exit status: 0 done, or there was nothing to do; 1 failed; 2 wrong use (DEBUG is off)."""

    def create_parser(self, prog_name: str, subcommand: str, **kwargs: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **kwargs
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *_: Any, **options: Any) -> None:
        if not settings.DEBUG:
            raise CommandError(
                "Demo people have a published password: set DEBUG=1 to have them.", returncode=2
            )
        made = [user.email for user in load_demo_people()]
        if options["json"]:
            self.stdout.write(json.dumps({"created": made, "password": PASSWORD if made else None}))
        elif made:
            self.stdout.write(f"Made {len(made)} demo people, password {PASSWORD}: {', '.join(made)}")
        else:
            self.stdout.write("There are people already: nothing to do.")
