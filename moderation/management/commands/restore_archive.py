"""`manage.py restore_archive`"""

from __future__ import annotations

from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation.services.archiving import Outcome, archived_months, restore
from prayermap.lib.commands import OperatorCommand, Progress


class Command(OperatorCommand):
    help = """Bring months of messages back from the archive: those named, or all. Nothing is copied; members notice nothing.
Every month that is moved stands in the audit trail.

Safe to interrupt, to run again and to run twice at once.

Examples:
    manage.py restore_archive --month 2024-11
    manage.py restore_archive --json

Exit status: 0 done; 1 failed; 2 wrong use."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--month", metavar="YYYY-MM", action="append", help="this one; may be repeated")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what would be brought back, move nothing"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        rows = {f"{row.month:%Y-%m}": row for row in archived_months()}
        wanted = options["month"] or list(rows)
        if strange := [name for name in wanted if name not in rows]:
            raise CommandError(f"Not in the archive: {', '.join(strange)}.", returncode=2)
        chosen = [row for name, row in rows.items() if name in wanted]
        if options["dry_run"]:
            self._say([f"{row.month:%Y-%m}" for row in chosen], is_dry=True, as_json=options["json"])
            return
        progress = Progress(self)
        done = []
        for moved in restore(chosen):
            done.append(moved)
            progress.show(f"{len(done)} of {len(chosen)} months …")
        progress.clear()
        back = [f"{moved.month:%Y-%m}" for moved in done if moved.outcome is Outcome.RESTORED]
        self._say(back, is_dry=False, as_json=options["json"])
        if busy := [moved for moved in done if moved.outcome is Outcome.BUSY]:
            raise CommandError(f"{len(busy)} months were in use for a minute. Run it again.", returncode=1)

    def _say(self, months: list[str], *, is_dry: bool, as_json: bool) -> None:
        if as_json:
            self.print_json({"would_restore" if is_dry else "restored": months})
        else:
            verb = "To bring back" if is_dry else "Brought back"
            self.stdout.write(f"{verb}: {', '.join(months) if months else 'nothing'}.")
