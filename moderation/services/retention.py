"""What was kept for cases is not kept for ever."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings

from moderation.enums import CaseState
from moderation.models import Case, CaseNote, Evidence

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
