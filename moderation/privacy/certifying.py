"""Certificates are kept with their requests, so that the console can hand them out: it has no right to make one."""

from __future__ import annotations

import msgspec
from django.db import transaction
from django.db.models import Q

from moderation.enums import ErasureState
from moderation.models import ErasureRequest
from moderation.privacy import certificate
from moderation.privacy.subject import OWNER

#: Each asks every table of the registry; the next run takes the rest.
MOST = 50


def certify_new() -> int:
    """Issue what is missing, and anew what was issued before the last anonymous trace was gone; how many.

    At most 50; call again until 0. Safe to run twice at once.
    """
    is_missing = Q(certificate__isnull=True, state__in=(ErasureState.SETTLING, ErasureState.DONE))
    is_old = Q(state=ErasureState.DONE) & ~Q(certificate__state=ErasureState.DONE.value)
    rows = ErasureRequest.objects.using(OWNER).filter(is_missing | is_old, named_at__isnull=False)
    found = list(rows.order_by("requested_at").values_list("pk", flat=True)[:MOST])
    for request in found:
        with transaction.atomic(using=OWNER):
            row = ErasureRequest.objects.using(OWNER).select_for_update().get(pk=request)
            row.certificate = msgspec.to_builtins(certificate.issue(row))
            row.save(update_fields=["certificate"])
    return len(found)
