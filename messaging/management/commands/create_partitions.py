"""Make the months of messages ahead of time."""

from __future__ import annotations

import json
from argparse import ArgumentTypeError
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from messaging.services.partitions import create_months

MOST_MONTHS = 120


def _months(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > MOST_MONTHS:
        raise ArgumentTypeError(f"from 0 to {MOST_MONTHS}")
    return int(text)


class Command(BaseCommand):
    help = (
        "Make the monthly partitions of messages: two months back, this one and some ahead. "
        "Safe to run at any time and twice at once. Example: manage.py create_partitions --months 3"
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--months", type=_months, default=3, help="how many months ahead, 0 to 120 (default: %(default)s)"
        )
        parser.add_argument("--json", action="store_true", help="print one JSON object")

    def handle(self, *args: Any, **options: Any) -> None:
        made = create_months(today=datetime.now(UTC).date(), ahead=options["months"])
        names = [f"{month:%Y-%m}" for month in made]
        if options["json"]:
            self.stdout.write(json.dumps({"created": names}))
        else:
            self.stdout.write(f"Made {', '.join(names)}." if names else "All months are there.")
