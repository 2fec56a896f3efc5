"""`manage.py archive_messages`"""

from __future__ import annotations

from datetime import UTC, date, datetime
from typing import Any

from django.core.management.base import CommandError, CommandParser

from moderation.services.archiving import (
    MIN_DAYS,
    Moved,
    Outcome,
    after,
    archive,
    is_too_young,
    months_older_than,
    obstacle,
)
from prayermap.lib.commands import OperatorCommand, Progress
from prayermap.lib.times import utc_now

DEFAULT_DAYS = 365
MOST_DAYS = 36_500


class Command(OperatorCommand):
    help = """Move whole months of messages into the archive, with reactions, receipts and earlier texts. Nothing is copied,
nobody is kept from writing, and members read on in them as before. Months under a legal hold or with an open case in
them stay where they are. Every month that is moved stands in the audit trail.

Safe to interrupt, to run again and to run twice at once. The way back: manage.py restore_archive.

Examples:
    manage.py archive_messages --dry-run
    manage.py archive_messages --older-than-days 730
    manage.py archive_messages --before 2025-01-01
    manage.py archive_messages --month 2024-11 --month 2024-12 --json

Exit status: 0 done (months may have been left where they are: it says which and why); 1 failed; 2 wrong use."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        which = parser.add_mutually_exclusive_group()
        which.add_argument(
            "--older-than-days",
            type=int,
            metavar="DAYS",
            help=f"months that ended so many days ago; at least {MIN_DAYS} (default: {DEFAULT_DAYS})",
        )
        which.add_argument("--before", metavar="YYYY-MM-DD", help="months that ended before this day")
        which.add_argument("--month", metavar="YYYY-MM", action="append", help="this one; may be repeated")
        parser.add_argument("--dry-run", action="store_true", help="say what would be moved, move nothing")

    def handle(self, *_: Any, **options: Any) -> None:
        now = utc_now()
        rows = _chosen(options, now.astimezone(UTC).date())
        done = (
            [
                Moved(row.month, obstacle(row.month) or Outcome.ARCHIVED, row.messages, row.bytes)
                for row in rows
            ]
            if options["dry_run"]
            else self._archive(rows, now)
        )
        self._say(done, is_dry=options["dry_run"], as_json=options["json"])
        if busy := [moved for moved in done if moved.outcome is Outcome.BUSY]:
            raise CommandError(f"{len(busy)} months were in use for a minute. Run it again.", returncode=1)

    def _archive(self, rows: list[Any], now: datetime) -> list[Moved]:
        progress = Progress(self)
        done = []
        for moved in archive(rows, now=now):
            done.append(moved)
            progress.show(f"{len(done)} of {len(rows)} months …")
        progress.clear()
        return done

    def _say(self, done: list[Moved], *, is_dry: bool, as_json: bool) -> None:
        gone = [moved for moved in done if moved.outcome is Outcome.ARCHIVED]
        kept = [moved for moved in done if moved.outcome is not Outcome.ARCHIVED]
        if as_json:
            self.print_json({
                "would_archive" if is_dry else "archived": [f"{moved.month:%Y-%m}" for moved in gone],
                "kept": [{"month": f"{moved.month:%Y-%m}", "reason": moved.outcome.value} for moved in kept],
                "messages": sum(moved.messages for moved in gone),
                "bytes": sum(moved.bytes for moved in gone),
            })  # fmt: skip
            return
        for moved in done:
            self.stdout.write(
                f"{moved.month:%Y-%m}  {moved.outcome.value:<13} about {moved.messages:,} messages, {moved.bytes:,} bytes"
            )
        self.stdout.write(f"{len(gone)} months {'would be' if is_dry else 'were'} archived, {len(kept)} not.")


def _chosen(options: dict[str, Any], today: date) -> list[Any]:
    """Rows of `stored_months`. Raises CommandError with status 2 for what can't be archived."""
    if options["month"]:
        wanted = {_day(f"{text}-01", "a month is YYYY-MM") for text in options["month"]}
        if any(is_too_young(month, today=today) for month in wanted):
            raise CommandError(f"A month must have ended {MIN_DAYS} days ago.", returncode=2)
        return [row for row in months_older_than(MIN_DAYS, today=today) if row.month in wanted]
    if options["before"]:
        before = _day(options["before"], "a day is YYYY-MM-DD")
        return [row for row in months_older_than(MIN_DAYS, today=today) if after(row.month) <= before]
    days = DEFAULT_DAYS if options["older_than_days"] is None else options["older_than_days"]
    if days > MOST_DAYS:
        raise CommandError(f"At most {MOST_DAYS} days.", returncode=2)
    if days < MIN_DAYS:
        raise CommandError(f"At least {MIN_DAYS} days: younger months are still written to.", returncode=2)
    return months_older_than(days, today=today)


def _day(text: str, rule: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise CommandError(f"Not a date: {rule}.", returncode=2) from None
