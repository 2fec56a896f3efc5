"""Who may do what: predicates without a query of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.http import HttpRequest

from accounts.models import User

MemberResolver = Callable[[UUID], bool]

#: The app that knows conversations adds a function here: is this the id of an anonymous member whom the person
#: who acts can see, and not themselves? Called inside `acting_as`. May raise ApiError to say more than no.
member_resolvers: list[MemberResolver] = []


def is_anonymous_member(member_id: UUID) -> bool:
    """Whether some upper app knows this anonymous member, visible to the person who acts."""
    return any(resolve(member_id) for resolve in member_resolvers)


def may_enter(user: User, now: datetime) -> bool:
    """Neither deactivated, banned nor suspended at `now`. SQL's twin is `Session.objects.live(now)`."""
    return (
        user.is_active
        and user.banned_at is None
        and (user.suspended_until is None or user.suspended_until <= now)
    )


def has_second_factor(request: HttpRequest) -> bool:
    """Whether this browser session was signed in with a second factor that the person still has."""
    from allauth.account.authentication import get_authentication_records
    from allauth.mfa.utils import is_mfa_enabled

    user = request.user
    if not user.is_authenticated or not is_mfa_enabled(user):
        return False
    records = get_authentication_records(request, user)
    return any(record.get("method") == "mfa" for record in records)
