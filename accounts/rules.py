"""Who may do what: predicates without a query of ours."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple
from uuid import UUID

from django.http import HttpRequest

from accounts.models import User


class SeenMember(NamedTuple):
    """A member of a conversation, as the person who acts can see them: `user` is None for an anonymous one."""

    user: UUID | None


MemberResolver = Callable[[UUID], SeenMember | None]

#: The app that knows conversations adds a function here: who is the member with this id? None where the person who
#: acts can't see one, or it is their own anonymous self. Called inside `acting_as`. May raise ApiError to say more.
member_resolvers: list[MemberResolver] = []


def seen_member(member_id: UUID) -> SeenMember | None:
    """What some upper app knows of this member, visible to the person who acts."""
    return next((seen for resolve in member_resolvers if (seen := resolve(member_id))), None)


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
