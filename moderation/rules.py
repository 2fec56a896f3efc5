"""Who may do what in the console: predicates without a query."""

from __future__ import annotations

from moderation.enums import Right, Role

_MODERATOR = frozenset({Right.READ_CASES, Right.WORK_CASES, Right.APPROVE})
#: The same table stands in role_rights() (sql/0002_rights_v1.sql); a test compares them.
RIGHTS: dict[str, frozenset[Right]] = {
    Role.MODERATOR: _MODERATOR,
    Role.SENIOR_MODERATOR: _MODERATOR | {Right.APPROVE_GRAVEST, Right.BREAK_GLASS, Right.READ_AUDIT},
    Role.PRIVACY_OFFICER: frozenset({Right.WORK_PRIVACY, Right.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset({Right.GIVE_ROLES, Right.READ_AUDIT}),
}
ALL_RIGHTS = frozenset(Right)


def rights_of(roles: set[str], *, is_superuser: bool) -> frozenset[Right]:
    """What the holder of these roles may do; a superuser everything, under the same four eyes and the same audit."""
    if is_superuser:
        return ALL_RIGHTS
    return frozenset().union(*(RIGHTS.get(role, frozenset()) for role in roles))
