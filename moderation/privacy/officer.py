"""Erasures that nobody asked for over the interface: by somebody answerable for people's data, or by the ledger."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from accounts import values
from accounts.models import User
from moderation.enums import DecisionKind, DecisionState, ErasureOrigin
from moderation.models import CaseParty, Decision, ErasureRequest
from moderation.models.privacy import DEADLINE, OPEN_STATES
from moderation.privacy import ledger
from moderation.privacy.subject import OWNER


def find_person(name: str) -> UUID | None:
    """The account with this address or id."""
    people = User.objects.using(OWNER)
    try:
        found = people.filter(pk=UUID(name))
    except ValueError:
        found = people.filter(email=values.normal_email(name))
    return found.values_list("pk", flat=True).first()


def request_now(*, user_id: UUID, origin: ErasureOrigin, now: datetime) -> ErasureRequest:
    """A request that is due at once: the open one, brought forward, or the newest where the person is erased already,
    or a new one.
    """
    with transaction.atomic(using=OWNER):
        # Two at once take turns on the account's row.
        person = User.objects.using(OWNER).select_for_update(no_key=True).get(pk=user_id)
        theirs = ErasureRequest.objects.using(OWNER).filter(user=user_id)
        if found := theirs.filter(state__in=OPEN_STATES).first():
            found.due_at = min(found.due_at, now)
            found.save(update_fields=["due_at"])
            return found
        if person.erased_at is not None and (done := theirs.order_by("-requested_at").first()):
            return done
        return ErasureRequest.objects.using(OWNER).create(
            user_id=user_id, origin=origin, requested_at=now, due_at=now, deadline_at=now + DEADLINE
        )


def request_decided(now: datetime) -> None:
    """What moderators decided, two of them: the accounts that are to be erased and aren't asked for yet."""
    decided = Decision.objects.using(OWNER).filter(kind=DecisionKind.PURGE, state=DecisionState.EFFECTIVE)
    parties = CaseParty.objects.using(OWNER).filter(case__in=decided.values("case"), user__erased_at=None)
    asked = ErasureRequest.objects.using(OWNER).filter(origin=ErasureOrigin.OFFICER)
    for user_id in parties.exclude(user__in=asked.values("user")).values_list("user_id", flat=True):
        request_now(user_id=user_id, origin=ErasureOrigin.OFFICER, now=now)


def to_erase_again() -> tuple[list[UUID], int]:
    """(people of the ledger who are here and not hollow, or not through; how many of the ledger are settled)."""
    named = {entry.person for entry in ledger.entries()}
    here = User.objects.using(OWNER).filter(pk__in=named)
    whole = set(here.filter(erased_at=None).values_list("pk", flat=True))
    open_ = ErasureRequest.objects.using(OWNER).filter(user__in=named, state__in=OPEN_STATES)
    again = sorted(whole | set(open_.values_list("user_id", flat=True)))
    return again, len(named) - len(again)
