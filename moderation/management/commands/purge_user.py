"""`manage.py purge_user`"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
from django.core.management.base import CommandError, CommandParser

from moderation.enums import ErasureOrigin, ErasureState
from moderation.models import ErasureRequest
from moderation.privacy import certificate
from moderation.privacy.erasing import LATEST, advance
from moderation.privacy.ledger import LedgerError
from moderation.privacy.officer import find_person, request_now, to_erase_again
from moderation.privacy.preview import left_of
from moderation.privacy.subject import whole
from prayermap.lib.commands import OperatorCommand, Progress
from prayermap.lib.times import utc_now


class Command(OperatorCommand):
    help = """Erase a person: their account is closed, what they wrote becomes tombstones, all else of theirs is deleted.
Others' words stay. Anonymous traces follow within 24 hours, each at a moment of its own, by the worker (or by this
command, run again).

Safe to interrupt, to run again and to run twice at once. A legal hold stops it. After a backup was restored, erase
again whoever the ledger names: --replay-ledger.

Examples:
    manage.py purge_user ruth@example.com --dry-run
    manage.py purge_user ruth@example.com --certificate ruth.json
    manage.py purge_user --replay-ledger

Exit status: 0 done (anonymous traces may be due later); 1 failed; 2 wrong use."""

    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument("person", nargs="?", help="e-mail address or id of the account")
        parser.add_argument(
            "--dry-run", action="store_true", help="count what would be erased, change nothing"
        )
        parser.add_argument("--certificate", metavar="FILE", type=Path, help="write the certificate there")
        parser.add_argument(
            "--replay-ledger", action="store_true", help="erase again whoever a restored backup brought back"
        )

    def handle(self, *_: Any, **options: Any) -> None:
        if options["replay_ledger"]:
            if options["person"] or options["certificate"]:
                raise CommandError("--replay-ledger takes neither a person nor a certificate.", returncode=2)
            self._replay(options)
        elif not options["person"]:
            raise CommandError("Name a person, or --replay-ledger.", returncode=2)
        else:
            self._purge(options)

    def _purge(self, options: dict[str, Any]) -> None:
        file: Path | None = options["certificate"]
        if file is not None and not os.access(file.parent, os.W_OK):
            raise CommandError("The certificate can't be written there.", returncode=2)
        person = find_person(options["person"])
        if person is None:
            raise CommandError("There is no such account. After an erasure, name it by its id.")
        if options["dry_run"]:
            self._print_preview(person, as_json=options["json"])
            return
        request = request_now(user_id=person, origin=ErasureOrigin.OFFICER, now=utc_now())
        request = self._advance(request, at_once=False)
        if request.state == ErasureState.HELD:
            raise CommandError("A legal hold keeps this person. Nothing was erased.")
        issued = certificate.issue(request)
        if file is not None:
            _write(file, msgspec.json.format(msgspec.json.encode(issued), indent=2) + b"\n")
        self._print_done(issued, as_json=options["json"])

    def _replay(self, options: dict[str, Any]) -> None:
        again, settled = to_erase_again()
        held = 0
        if not options["dry_run"]:
            for person in again:
                request = request_now(user_id=person, origin=ErasureOrigin.REPLAY, now=utc_now())
                held += self._advance(request, at_once=True).state == ErasureState.HELD
        if options["json"]:
            self.print_json({"erased_again": len(again) - held, "held": held, "nothing_to_do": settled})
        else:
            verb = "To erase again" if options["dry_run"] else "Erased again"
            self.stdout.write(
                f"{verb}: {len(again) - held}. Nothing to do: {settled}. Under a legal hold: {held}."
            )
        if held:
            raise CommandError("A legal hold keeps some of them.")

    def _advance(self, request: ErasureRequest, *, at_once: bool) -> ErasureRequest:
        progress = Progress(self)
        total = 0

        def told(table: str, rows: int) -> None:
            nonlocal total
            total += rows
            progress.show(f"{total:,} rows; {table}")

        try:
            return advance(request.pk, at_once=at_once, told=told)
        except LedgerError as error:
            raise CommandError(f"The ledger can't be used ({error}). Nothing was erased.") from error
        finally:
            progress.clear()

    def _print_preview(self, person: UUID, *, as_json: bool) -> None:
        preview = left_of(whole(person))
        if as_json:
            self.print_json({"person": person, "would_erase": preview})
            return
        for table, rows in preview.items():
            self.stdout.write(f"{rows:>10,}  {table}")
        self.stdout.write(f"{sum(preview.values()):>10,}  rows would be erased; nothing was.")

    def _print_done(self, issued: certificate.Certificate, *, as_json: bool) -> None:
        if as_json:
            self.stdout.write(msgspec.json.encode(issued).decode())
            return
        for table, rows in issued.erased.items():
            self.stdout.write(f"{rows:>10,}  {table}")
        self.stdout.write(f"Account {issued.person} is erased.")
        if issued.state != ErasureState.DONE:
            hours = LATEST.total_seconds() / 3600
            self.stdout.write(
                f"Anonymous traces follow within {hours:.0f} hours, by {issued.anonymous_by:%Y-%m-%d %H:%M} UTC."
            )


def _write(file: Path, raw: bytes) -> None:
    """Whole or not at all."""
    beside = file.with_name(f".{file.name}.{os.getpid()}")
    beside.write_bytes(raw)
    beside.replace(file)
