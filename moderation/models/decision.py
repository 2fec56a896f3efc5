"""What was decided in a case, whom it hits, and what they say to it."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.timezone import now

from moderation.enums import AppealState, DecisionKind, DecisionState, Reason
from prayermap.lib.ids import uuid7

from .case import Case

#: Nobody decides these alone (constraint decision_two).
FOUR_EYES = (DecisionKind.BAN, DecisionKind.BULK_REMOVE, DecisionKind.DEANONYMISE, DecisionKind.PURGE)
#: Of these, what one person may do at once where a life may hang on it; it lapses after 24 hours.
BREAKABLE = (DecisionKind.BAN, DecisionKind.DEANONYMISE)
#: What lasts until a day.
TIMED = (DecisionKind.MUTE, DecisionKind.SUSPEND)
#: What somebody can appeal against.
SANCTIONS = (
    DecisionKind.HIDE_MESSAGE,
    DecisionKind.REMOVE_MESSAGE,
    DecisionKind.HIDE_PRAYER,
    DecisionKind.HIDE_RESPONSE,
    DecisionKind.WARN,
    DecisionKind.MUTE,
    DecisionKind.SUSPEND,
    DecisionKind.BAN,
    DecisionKind.BULK_REMOVE,
)
#: What whom it concerns is told: words of care are no sanction.
NOTICES = (*SANCTIONS, DecisionKind.SUPPORT)


class Decision(models.Model):
    """A step in a case. Written by the functions of sql/0006_decisions, which also do what was decided."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    case = models.ForeignKey(Case, models.CASCADE, related_name="decisions")
    kind = models.TextField(choices=DecisionKind.choices)
    state = models.TextField(choices=DecisionState.choices)
    reason = models.TextField(choices=Reason.choices)
    #: What whom it hits is told; for `dismiss` and `close` what the reporters are told.
    statement = models.TextField(blank=True, default="")
    until = models.DateTimeField(null=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    proposed_at = models.DateTimeField(default=now)
    approved_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    approved_at = models.DateTimeField(null=True)
    #: When all of it was done; the removal of many messages takes a while.
    applied_at = models.DateTimeField(null=True)
    #: Done at once, before a second person saw it.
    is_break_glass = models.BooleanField(default=False)
    confirm_before = models.DateTimeField(null=True)
    #: Who refused it, took it back or undid it. NULL with `ended_at`: it lapsed.
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    ended_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "decision"
        constraints = (
            models.CheckConstraint(name="decision_kind", condition=Q(kind__in=DecisionKind.values)),
            models.CheckConstraint(name="decision_state", condition=Q(state__in=DecisionState.values)),
            models.CheckConstraint(name="decision_reason", condition=Q(reason__in=Reason.values)),
            models.CheckConstraint(
                name="decision_four_eyes", condition=Q(approved_by=None) | ~Q(approved_by=F("proposed_by"))
            ),
            models.CheckConstraint(
                name="decision_two",
                condition=~Q(kind__in=FOUR_EYES, state__in=(DecisionState.EFFECTIVE, DecisionState.UNDONE))
                | Q(approved_by__isnull=False)
                | Q(is_break_glass=True),
            ),
            models.CheckConstraint(
                name="decision_break_glass",
                condition=Q(is_break_glass=False, confirm_before=None)
                | Q(is_break_glass=True, kind__in=BREAKABLE, confirm_before__isnull=False),
            ),
            models.CheckConstraint(
                name="decision_until",
                condition=Q(kind__in=TIMED, until__isnull=False) | (~Q(kind__in=TIMED) & Q(until=None)),
            ),
            models.CheckConstraint(
                name="decision_ended",
                condition=Q(state__in=(DecisionState.PROPOSED, DecisionState.EFFECTIVE), ended_at=None)
                | Q(
                    state__in=(DecisionState.REFUSED, DecisionState.LAPSED, DecisionState.UNDONE),
                    ended_at__isnull=False,
                ),
            ),
            # What an appeal points at, so that its decider can be told from these two.
            models.UniqueConstraint(name="decision_proposer", fields=("id", "proposed_by")),
        )
        indexes = (
            models.Index(name="decision_waiting", fields=("id",), condition=Q(state=DecisionState.PROPOSED)),
            models.Index(
                name="decision_unapplied",
                fields=("id",),
                condition=Q(state=DecisionState.EFFECTIVE, applied_at=None),
            ),
            models.Index(
                name="decision_unconfirmed",
                fields=("confirm_before",),
                condition=Q(state=DecisionState.EFFECTIVE, is_break_glass=True, approved_by=None),
            ),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Sanction(models.Model):
    """What a decision means to the person it hits, as they read it. Whom it hits, no role of the staff reads."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    decision = models.OneToOneField(Decision, models.CASCADE, related_name="sanction")
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+")
    kind = models.TextField(choices=DecisionKind.choices)
    reason = models.TextField(choices=Reason.choices)
    statement = models.TextField()
    conversation_id = models.UUIDField(null=True)
    seq = models.BigIntegerField(null=True)
    prayer_id = models.UUIDField(null=True)
    until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=now)
    #: Taken back, or not confirmed.
    ended_at = models.DateTimeField(null=True)
    #: When its notification was opened.
    told_at = models.DateTimeField(null=True)

    class Meta:
        db_table = "sanction"
        constraints = (
            models.CheckConstraint(
                name="sanction_kind", condition=Q(kind__in=[kind.value for kind in NOTICES])
            ),
        )
        indexes = (
            models.Index(name="sanction_own", fields=("user", "id")),
            models.Index(name="sanction_untold", fields=("id",), condition=Q(told_at=None)),
        )

    def __str__(self) -> str:
        return f"{self.kind} {self.id}"


class Appeal(models.Model):
    """One against a sanction. It has a case of its own, which the two who decided never see."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    sanction = models.OneToOneField(Sanction, models.CASCADE, related_name="appeal")
    case = models.OneToOneField(Case, models.CASCADE, related_name="appeal")
    decision = models.ForeignKey(Decision, models.CASCADE, related_name="+")
    #: Who decided on the sanction.
    first_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, related_name="+"
    )
    second_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    text = models.TextField()
    state = models.TextField(choices=AppealState.choices, default=AppealState.OPEN)
    created_at = models.DateTimeField(default=now)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, models.DO_NOTHING, db_constraint=False, null=True, related_name="+"
    )
    decided_at = models.DateTimeField(null=True)
    reply = models.TextField(blank=True, default="")

    class Meta:
        db_table = "appeal"
        constraints = (
            models.CheckConstraint(name="appeal_state", condition=Q(state__in=AppealState.values)),
            models.CheckConstraint(
                name="appeal_decided_by_another",
                condition=Q(decided_by=None)
                | (~Q(decided_by=F("first_by")) & (Q(second_by=None) | ~Q(decided_by=F("second_by")))),
            ),
            models.CheckConstraint(
                name="appeal_decided",
                condition=Q(state=AppealState.OPEN, decided_by=None, decided_at=None)
                | (~Q(state=AppealState.OPEN) & Q(decided_by__isnull=False, decided_at__isnull=False)),
            ),
        )

    def __str__(self) -> str:
        return str(self.id)
