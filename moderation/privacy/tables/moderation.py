"""Cases and what was sealed for them, the audit trail, requests of people about their data.

What moderators still decide about is kept until they have; what only a sealed case knows goes a day later, with the
rest of what is anonymous.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import Q, QuerySet

from messaging.models import Message, Participant
from moderation.enums import CaseKind, CaseState
from moderation.models import (
    Appeal,
    AuditIdentity,
    Case,
    CaseNote,
    CaseParty,
    ConversationArchival,
    Decision,
    ErasureRequest,
    Evidence,
    ExportRequest,
    LegalHold,
    Report,
    Sanction,
)
from moderation.privacy.subject import OWNER, Part, Subject
from moderation.privacy.traces import ROWS, Batch, Deleted, Emptied, Kept, Trace, Whose, of_account
from prayermap.lib.db import call_scalar

_PROOF = "proves that the request was answered in time"
_HOLD = "an order that others gave; the account it names is hollow"
_STAFF = "work of the staff; the account it names is hollow"
_OPEN = "of a case that is still open, for whoever decides it; gone when it is closed"


@dataclass(frozen=True, kw_only=True)
class OfClosedCases(Deleted):
    """Rows of cases about the person: gone where the case is closed, kept where it is still to be decided."""

    def left(self, subject: Subject) -> QuerySet[Any]:
        return self.rows(subject).filter(case__state=CaseState.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Statements(Emptied):
    """What was said about the person when it was decided: gone where the case is closed."""

    def left(self, subject: Subject) -> QuerySet[Any]:
        return super().left(subject).filter(case__state=CaseState.CLOSED)


@dataclass(frozen=True, kw_only=True)
class Sanctions(Deleted):
    """Gone with the case, and not before an appeal against it was decided."""

    def left(self, subject: Subject) -> QuerySet[Any]:
        rows = self.rows(subject).filter(decision__case__state=CaseState.CLOSED)
        return rows.exclude(appeal__case__state=CaseState.OPEN)


@dataclass(frozen=True, kw_only=True)
class Reports(Trace):
    """What was reported stays with its case, without who reported it; their words stay until it is decided."""

    @property
    def emptied(self) -> frozenset[str]:
        return frozenset({"reporter_id", "reporter_member", "note"})

    def left(self, subject: Subject) -> QuerySet[Any]:
        return self.rows(subject)

    def erase(self, subject: Subject, batch: Batch) -> None:
        while batch(lambda: self._empty_some(subject)):
            pass

    def _empty_some(self, subject: Subject) -> int:
        reports = Report.objects.using(OWNER)
        keys = list(self.left(subject).values_list("pk", flat=True)[:ROWS])
        reports.filter(pk__in=keys, case__state=CaseState.CLOSED).update(note="")
        return reports.filter(pk__in=keys).update(reporter=None, reporter_member=None)


@dataclass(frozen=True, kw_only=True)
class Exports(Deleted):
    """The copies of their data go, each file before its row."""

    def _delete_some(self, subject: Subject) -> int:
        for name in self.left(subject).exclude(storage_name="").values_list("storage_name", flat=True):
            default_storage.delete(name)
        return super()._delete_some(subject)


@dataclass(frozen=True, kw_only=True)
class Pseudonym(Deleted):
    """Nobody stands behind the pseudonym any more, and the particulars of what was done about them go."""

    def erase(self, subject: Subject, batch: Batch) -> None:
        batch(lambda: self._forget(subject))

    def _forget(self, subject: Subject) -> int:
        if not self.left(subject).exists():
            return 0
        return 1 + int(call_scalar("forget_in_audit", subject.user, types="uuid", using=OWNER))


def _cases_about(subject: Subject) -> Q | None:
    """Cases of whom it is known, at first; sealed ones with the whole."""
    if not subject.has_account:
        return None
    parties = CaseParty.objects.using(OWNER).filter(user=subject.user)
    if subject.part is Part.NAMED:
        parties = parties.filter(case__is_sealed=False)
    return Q(case__in=parties.values("case"))


def _sanctions(subject: Subject) -> Q | None:
    if not subject.has_account:
        return None
    mine = Q(user=subject.user)
    return mine if subject.part is Part.WHOLE else mine & Q(decision__case__is_sealed=False)


def _appeals(subject: Subject) -> Q | None:
    if not subject.has_account:
        return None
    mine = Q(sanction__user=subject.user)
    return mine if subject.part is Part.WHOLE else mine & Q(sanction__decision__case__is_sealed=False)


def _by_staff(*columns: str) -> Whose:
    """Rows in which the person stands as a member of the staff."""

    def whose(subject: Subject) -> Q | None:
        if not subject.has_account:
            return None
        return reduce(or_, (Q(**{column: subject.user}) for column in columns))

    return whose


def _evidence(subject: Subject) -> Q | None:
    """Of cases about the person, and what they wrote as it stands in cases about others."""
    about = _cases_about(subject)
    if about is None:
        return None
    named = Message.objects.using(OWNER).filter(sender__in=subject.members, is_anonymous=False)
    return about | Q(message_id__in=named.values("pk"))


def _reports(subject: Subject) -> Q | None:
    if not subject.has_account:
        return None
    mine = Q(reporter=subject.user)
    if subject.part is Part.WHOLE:
        return mine
    hidden = Participant.objects.using(OWNER).filter(user=subject.user, is_anonymous=True)
    return mine & ~Q(reporter_member__isnull=False, reporter_member__in=hidden.values("pk"))


def _cases(subject: Subject) -> Q | None:
    if not subject.has_account:
        return None
    return Q(claimed_by=subject.user) | Q(kind=CaseKind.PERSON, subject=subject.user)


def _columns(names: str, why: str) -> dict[str, str]:
    return dict.fromkeys(names.split(), why)


_EVIDENCE = "id case_id kind message_id seq body digest sealed_at"
_NOTE = "id case_id author_id text created_at"
_CASE = (
    "id kind subject conversation_id seq reason priority report_count is_sealed state outcome opened_at due_at closed_at"
    " claimed_by_id claimed_until version"
)
_DECISION = (
    "id case_id kind state reason until proposed_by_id proposed_at approved_by_id approved_at applied_at is_break_glass"
    " confirm_before ended_by_id ended_at"
)
_SANCTION = "id decision_id user_id kind reason statement conversation_id seq prayer_id until created_at ended_at told_at"
_APPEAL = "id sanction_id case_id decision_id first_by_id second_by_id text state created_at decided_by_id decided_at reply"
_REQUEST = (
    "id user_id client_id state origin requested_at due_at deadline_at begun_at named_at done_at cancelled_at preview"
    " counts certificate salt"
)
_ARCHIVAL_COLUMNS = "id conversation_id archived_by_id archived_at was_open restored_at"
_HOLD_COLUMNS = "id user_id conversation_id reason placed_by_id placed_at released_at"

TRACES: tuple[Trace, ...] = (
    OfClosedCases(
        model=Evidence, whose=_evidence, kept=_columns(_EVIDENCE, _OPEN),
        hidden=_columns(_EVIDENCE, "work of the moderators; holds others' words as well"),
    ),
    OfClosedCases(
        model=CaseNote, whose=_cases_about, kept=_columns(_NOTE, _OPEN),
        hidden=_columns(_NOTE, "work of the moderators"),
    ),
    Kept(
        model=CaseNote, whose=of_account("author"), kept=_columns(_NOTE, _STAFF),
        hidden=_columns(_NOTE, "work of the staff, about others"),
    ),
    Kept(
        model=CaseParty, whose=of_account("user"),
        kept=_columns("case_id user_id participant_id", "sealed; the account it names is hollow"),
        hidden=_columns("case_id user_id participant_id", "work of the moderators"),
    ),
    Kept(
        model=Case, whose=_cases, kept=_columns(_CASE, "says how a report was answered, without a word of it"),
        hidden=_columns(_CASE, "work of the moderators"),
    ),
    OfClosedCases(
        model=Appeal, whose=_appeals, kept=_columns(_APPEAL, _OPEN),
        shown=("id", "sanction_id", "text", "state", "created_at", "decided_at", "reply"),
        hidden=_columns("case_id decision_id first_by_id second_by_id decided_by_id", "work of the moderators"),
    ),
    Kept(
        model=Appeal, whose=_by_staff("first_by", "second_by", "decided_by"), kept=_columns(_APPEAL, _STAFF),
        hidden=_columns(_APPEAL, "work of the staff, about others"),
    ),
    Sanctions(
        model=Sanction, whose=_sanctions, kept=_columns(_SANCTION, _OPEN),
        shown=(
            "id", "kind", "reason", "statement", "conversation_id", "seq", "prayer_id", "until", "created_at", "ended_at",
        ),
        hidden={
            "decision_id": "work of the moderators", "user_id": "the person", "told_at": "work of the server's",
        },
    ),
    Statements(
        model=Decision, whose=_cases_about, to={"statement": ""},
        kept=_columns(_DECISION, "says what was decided, without a word of it"),
        hidden=_columns(f"{_DECISION} statement", "work of the moderators; what the person is told stands below sanctions"),
    ),
    Kept(
        model=Decision, whose=_by_staff("proposed_by", "approved_by", "ended_by"),
        kept=_columns(f"{_DECISION} statement", _STAFF),
        hidden=_columns(f"{_DECISION} statement", "work of the staff, about others"),
    ),
    Reports(
        model=Report,
        whose=_reports,
        kept=_columns(
            "id case_id kind subject conversation_id seq signal reason created_at outcome reply answered_at told_at",
            "says how a report was answered",
        ),
        shown=(
            "id", "kind", "subject", "conversation_id", "seq", "reason", "note", "created_at", "outcome", "reply",
            "answered_at",
        ),
        hidden={
            "case_id": "work of the moderators",
            "reporter_id": "the person",
            "reporter_member": "the person's own member row",
            "signal": "empty for whoever can ask",
            "told_at": "work of the server's",
        },
    ),
    Pseudonym(
        model=AuditIdentity,
        whose=of_account("user"),
        hidden=_columns("pseudonym user_id salt", "would lead through the audit trail"),
    ),
    Exports(
        model=ExportRequest,
        whose=of_account("user"),
        shown=("id", "state", "requested_at", "ready_at", "expires_at", "size", "digest"),
        hidden={
            "user_id": "the person",
            "client_id": "the client's own number of the request",
            "started_at": "work of the server's",
            "storage_name": "work of the server's",
            "link_digest": "opens the copy",
            "link_expires_at": "work of the server's",
        },
    ),
    Kept(
        model=ErasureRequest,
        whose=of_account("user"),
        kept=_columns(_REQUEST, _PROOF),
        shown=("id", "state", "requested_at", "due_at", "deadline_at", "cancelled_at"),
        hidden={
            "user_id": "the person",
            "client_id": "the client's own number of the request",
            "origin": "the person, as long as there is one to ask",
            "begun_at": "empty for whoever can ask",
            "named_at": "empty for whoever can ask",
            "done_at": "empty for whoever can ask",
            "preview": "counts what is given here",
            "counts": "empty for whoever can ask",
            "certificate": "empty for whoever can ask",
            "salt": "a secret of the worker's",
        },
    ),
    Kept(
        model=LegalHold, whose=of_account("user"), kept=_columns(_HOLD_COLUMNS, _HOLD),
        hidden=_columns(_HOLD_COLUMNS, "may not be told before it is released"),
    ),
    Kept(
        model=LegalHold, whose=of_account("placed_by"), kept=_columns(_HOLD_COLUMNS, _HOLD),
        hidden=_columns(_HOLD_COLUMNS, "work of the staff, about others"),
    ),
    Kept(
        model=ConversationArchival, whose=of_account("archived_by"), kept=_columns(_ARCHIVAL_COLUMNS, _STAFF),
        hidden=_columns(_ARCHIVAL_COLUMNS, "work of the staff, about others"),
    ),
)  # fmt: skip

_CHAIN = "pseudonyms, ids and digests; nobody is found behind them without audit_identity"
IMPERSONAL = {
    "retention_mark": "how far old messages were let go, of nobody in particular",
    "audit_entry": _CHAIN,
    "audit_seal": _CHAIN,
    "screening_cursor": "how far messages have been screened",
    "insight_day": "numbers of a day, of all people together",
    "insight": "numbers of all people together, and of the database",
    "unscreened": "ids of texts that wait some seconds to be screened; empty afterwards",
    "audit_detail": "particulars without names and words; those about a person go with the pseudonym",
}
