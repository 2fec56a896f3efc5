"""`manage.py apply_retention`"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import ImproperlyConfigured
from django.core.management.base import CommandError, CommandParser

from moderation.services.ageing import let_go, look_ahead, policy
from prayermap.lib.commands import OperatorCommand, Progress
from prayermap.lib.times import utc_now


class Command(OperatorCommand):
    help = """Let messages go that are older than RETENTION_DAYS keeps them in their kind of conversation: they become
tombstones, also in the archive, in small batches with pauses. What is under a legal hold or an open case stays. The
worker does it every night.

Safe to interrupt, to run again and to run twice at once.

Examples:
    manage.py apply_retention --dry-run
    manage.py apply_retention
    RETENTION_DAYS=prayer_response=730,direct_message=1825 manage.py apply_retention --json

Exit status: 0 done; 1 failed; 2 wrong use."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("--dry-run", action="store_true", help="count what would go, change nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        try:
            faded = dict.fromkeys(policy(), 0)
        except ImproperlyConfigured as error:
            raise CommandError(str(error), returncode=2) from None
        if options["dry_run"]:
            self._preview(faded, dict.fromkeys(faded, 0), as_json=options["json"])
        else:
            self._apply(faded, as_json=options["json"])

    def _preview(self, fading: dict[str, int], kept: dict[str, int], *, as_json: bool) -> None:
        progress = Progress(self)
        for step in look_ahead(now=utc_now()):
            fading[step.kind] += step.fading
            kept[step.kind] += step.kept
            progress.show(f"{sum(fading.values()):,} messages …")
        progress.clear()
        if as_json:
            self.print_json({"would_fade": fading, "would_keep": kept})
            return
        for kind, number in fading.items():
            held = f"; {kept[kind]:,} stay for a legal hold or an open case" if kept[kind] else ""
            self.stdout.write(f"{kind}: {number:,} messages would be let go{held}")
        self.stdout.write(
            "Nothing was changed." if fading else "RETENTION_DAYS is empty: everything is kept."
        )

    def _apply(self, faded: dict[str, int], *, as_json: bool) -> None:
        progress = Progress(self)
        kept = False
        for step in let_go(now=utc_now()):
            faded[step.kind] += step.faded
            kept = kept or step.kept
            progress.show(f"{sum(faded.values()):,} messages …")
        progress.clear()
        if as_json:
            self.print_json({"faded": faded, "something_kept": kept})
            return
        for kind, number in faded.items():
            self.stdout.write(f"{kind}: {number:,} messages let go")
        if not faded:
            self.stdout.write("RETENTION_DAYS is empty: everything is kept.")
        if kept:
            self.stdout.write("Some stay: a legal hold or an open case.")
