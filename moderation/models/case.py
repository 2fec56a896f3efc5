"""What was reported, and what is known about it.

Whoever of the staff did something stands without a constraint: it outlives their account.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.timezone import now

from moderation.enums import CaseKind, CaseState, EvidenceKind, Outcome, Priority, Reason
from prayermap.lib.ids import uuid7


class Case(models.Model):
    """All reports about one thing, until somebody closes it; the next report opens another.

    Whom it is about stands in CaseParty, out of the staff's reach where they wrote or stand there anonymously.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    kind = models.TextField(choices=CaseKind.choices)
    subject = models.UUIDField()
    conversation_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(null=True)
    #: The gravest reason so far.
    reason = models.TextField(choices=Reason.choices)
    priority = models.SmallIntegerField(choices=Priority.choices)
    report_count = models.IntegerField(default=1)
    #: Who it is about must not be known.
    is_sealed = models.BooleanField(default=False)

    state = models.TextField(choices=CaseState.choices, default=CaseState.OPEN)
    outcome = models.TextField(choices=Outcome.choices, blank=True, default="")
    opened_at = models.DateTimeField(default=now)
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    #: Who works on it, until then.
    claimed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    claimed_until = models.DateTimeField(null=True)
    #: One more with every step that somebody of the staff takes: whoever saw an older one gets a conflict.
    version = models.IntegerField(default=1)

    class Meta:
        db_table = "moderation_case"
        constraints = (
            models.CheckConstraint(name="case_kind", condition=Q(kind__in=CaseKind.values)),
            models.CheckConstraint(name="case_reason", condition=Q(reason__in=Reason.values)),
            models.CheckConstraint(name="case_priority", condition=Q(priority__in=Priority.values)),
            models.CheckConstraint(
                name="case_closed",
                condition=Q(state=CaseState.OPEN, closed_at=None, outcome="")
                | Q(state=CaseState.CLOSED, closed_at__isnull=False, outcome__in=Outcome.values),
            ),
            models.CheckConstraint(
                name="case_claim",
                condition=Q(claimed_by=None, claimed_until=None)
                | Q(claimed_by__isnull=False, claimed_until__isnull=False),
            ),
            models.CheckConstraint(name="case_counts", condition=Q(report_count__gte=1, version__gte=1)),
            models.UniqueConstraint(
                name="case_open_once", fields=("kind", "subject"), condition=Q(state=CaseState.OPEN)
            ),
        )
        indexes = (
            # The queue: what is gravest, then what has waited longest; ids say when.
            models.Index(name="case_queue", fields=("priority", "id"), condition=Q(state=CaseState.OPEN)),
            models.Index(name="case_subject", fields=("subject", "id")),
            models.Index(
                name="case_claimed", fields=("claimed_by", "claimed_until"), condition=Q(state=CaseState.OPEN)
            ),
            models.Index(name="case_closed_at", fields=("closed_at",), condition=Q(state=CaseState.CLOSED)),
        )

    def __str__(self) -> str:
        return str(self.id)


class CaseParty(models.Model):
    """Sealed: whom a case is about, as it was when the first report came. No role of requests reads it."""

    case = models.OneToOneField(Case, models.CASCADE, primary_key=True, related_name="+")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    #: The member as whom they acted; of an anonymous message of a named member the named one.
    participant_id = models.UUIDField(null=True)

    class Meta:
        db_table = "case_party"

    def __str__(self) -> str:
        return str(self.case_id)


class Report(models.Model):
    """What a member, or one of our own signals, found wrong; each reporter once about each thing."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="reports")
    kind = models.TextField(choices=CaseKind.choices)
    subject = models.UUIDField()
    conversation_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(null=True)
    #: NULL: a signal, or somebody who has left for good. Not for the staff: an anonymous member may have reported.
    reporter = models.ForeignKey(settings.AUTH_USER_MODEL, models.SET_NULL, null=True, related_name="+")
    #: The reporter as the others in the conversation see them.
    reporter_member = models.UUIDField(null=True)
    #: Which of our signals; empty for a person's report.
    signal = models.TextField(blank=True, default="")
    reason = models.TextField(choices=Reason.choices)
    note = models.TextField(blank=True, default="")
    created_at = models.DateTimeField(default=now)
    #: What the reporter is told in the end.
    outcome = models.TextField(choices=Outcome.choices, blank=True, default="")
    reply = models.TextField(blank=True, default="")
    answered_at = models.DateTimeField(null=True)
    #: When the reporter's notification was opened.
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "report"
        constraints = (
            models.CheckConstraint(name="report_reason", condition=Q(reason__in=Reason.values)),
            models.CheckConstraint(name="report_kind", condition=Q(kind__in=CaseKind.values)),
            models.UniqueConstraint(name="report_once", fields=("reporter", "kind", "subject")),
            models.UniqueConstraint(
                name="report_signal_once", fields=("case", "signal"), condition=~Q(signal="")
            ),
            models.CheckConstraint(
                name="report_answered",
                condition=Q(answered_at=None, outcome="", reply="")
                | Q(answered_at__isnull=False, outcome__in=Outcome.values),
            ),
        )
        indexes = (
            models.Index(name="report_own", fields=("reporter", "id")),
            models.Index(
                name="report_untold",
                fields=("id",),
                condition=Q(answered_at__isnull=False, reporter__isnull=False, told_at=None),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)


class Evidence(models.Model):
    """Something as it stood when it was reported. What its author edits or deletes later stays here.

    Written by the functions of reporting alone; gone some time after the case was closed.
    """

    case = models.ForeignKey(Case, models.CASCADE, related_name="evidence")
    kind = models.TextField(choices=EvidenceKind.choices)
    message_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(null=True)
    body = models.JSONField()
    #: SHA-256 of the body's text as PostgreSQL prints it, hexadecimal.
    digest = models.TextField()
    sealed_at = models.DateTimeField()

    class Meta:
        db_table = "evidence"
        ordering = ("pk",)
        constraints = (
            models.CheckConstraint(name="evidence_kind", condition=Q(kind__in=EvidenceKind.values)),
            models.UniqueConstraint(name="evidence_once", fields=("case", "kind", "digest")),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.pk}"


class CaseNote(models.Model):
    """What moderators tell each other about a case."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="notes")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    text = models.TextField()
    created_at = models.DateTimeField(default=now)

    class Meta:
        db_table = "case_note"

    def __str__(self) -> str:
        return str(self.id)
