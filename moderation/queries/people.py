"""What somebody of the staff may do."""

from __future__ import annotations

from accounts.models import User
from moderation.enums import Right
from moderation.rules import rights_of


def rights(user: User) -> frozenset[Right]:
    """By the groups that the person is in; one query."""
    roles = set(user.groups.values_list("name", flat=True))
    return rights_of(roles, is_superuser=user.is_superuser)
