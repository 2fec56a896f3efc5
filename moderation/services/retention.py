"""What was kept for cases is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db.models import Q

from messaging.enums import MessageState
from messaging.models import Message
from moderation.enums import CaseState
from moderation.models import Case, CaseNote, CaseParty, Decision, Evidence, Report, Sanction

_BATCH = 500


def forget_old_evidence(*, now: datetime, using: str = "owner") -> int:
    """Delete sealed texts and notes of cases that were closed settings.EVIDENCE_DAYS ago; of how many cases.

    At most 500 cases; call again until 0. Decisions, sanctions and the audit trail stay.
    """
    old = now - timedelta(days=settings.EVIDENCE_DAYS)
    cases = Case.objects.using(using).filter(state=CaseState.CLOSED, closed_at__lt=old)
    batch = list(cases.filter(evidence__isnull=False).values_list("pk", flat=True).distinct()[:_BATCH])
    if batch:
        Evidence.objects.using(using).filter(case_id__in=batch).delete()
        CaseNote.objects.using(using).filter(case_id__in=batch).delete()
    return len(batch)


def forget_evidence_of_erased(*, using: str = "owner") -> int:
    """What closed cases still hold of people who are erased: sealed texts, notes and statements about them, their
    sanctions and appeals, what they reported.

    At most 500 rows of each; call again until 0.
    """
    evidence = Evidence.objects.using(using).filter(case__state=CaseState.CLOSED)
    notes = CaseNote.objects.using(using).filter(case__state=CaseState.CLOSED)
    reports = Report.objects.using(using).filter(case__state=CaseState.CLOSED, reporter=None, signal="")
    about = Q(case__in=CaseParty.objects.using(using).filter(user__erased_at__isnull=False).values("case"))
    erased = Message.objects.using(using).filter(state=MessageState.ERASED)
    gone = _delete(evidence.filter(about | Q(message_id__in=erased.values("pk"))))
    gone += _delete(notes.filter(about))
    sanctions = Sanction.objects.using(using).filter(user__erased_at__isnull=False)
    sanctions = sanctions.filter(decision__case__state=CaseState.CLOSED)
    gone += _delete(sanctions.exclude(appeal__case__state=CaseState.OPEN))
    decisions = Decision.objects.using(using).filter(about, case__state=CaseState.CLOSED)
    gone += decisions.exclude(statement="").update(statement="")
    words = list(reports.exclude(note="").values_list("pk", flat=True)[:_BATCH])
    return gone + (Report.objects.using(using).filter(pk__in=words).update(note="") if words else 0)


def _delete(rows: Any) -> int:
    keys = list(rows.values_list("pk", flat=True)[:_BATCH])
    return int(rows.model.objects.using(rows.db).filter(pk__in=keys).delete()[0]) if keys else 0
