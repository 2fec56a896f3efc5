"""Who may do what in the console: predicates without a query."""

from __future__ import annotations

from collections.abc import Iterable

from moderation.enums import DecisionKind, Right, Role

_MODERATOR = frozenset({Right.READ_CASES, Right.WORK_CASES, Right.APPROVE})
#: The same table stands in role_rights() (sql/0002_rights_v1.sql); a test compares them.
RIGHTS: dict[str, frozenset[Right]] = {
    Role.MODERATOR: _MODERATOR,
    Role.SENIOR_MODERATOR: _MODERATOR
    | {
        Right.APPROVE_GRAVEST,
        Right.BREAK_GLASS,
        Right.READ_AUDIT,
        Right.READ_INSIGHTS,
    },
    Role.PRIVACY_OFFICER: frozenset({Right.WORK_PRIVACY, Right.READ_AUDIT}),
    Role.ADMINISTRATOR: frozenset({Right.GIVE_ROLES, Right.READ_AUDIT, Right.READ_INSIGHTS}),
}
ALL_RIGHTS = frozenset(Right)


def rights_of(roles: set[str], *, is_superuser: bool) -> frozenset[Right]:
    """What the holder of these roles may do; a superuser everything, under the same four eyes and the same audit."""
    if is_superuser:
        return ALL_RIGHTS
    return frozenset().union(*(RIGHTS.get(role, frozenset()) for role in roles))


#: Decisions about accounts and names that only seniors confirm (approve_decision() in sql/0006_decisions).
GRAVEST = frozenset({DecisionKind.DEANONYMISE, DecisionKind.PURGE})
#: What undo_decision() takes back.
UNDOABLE = frozenset({
    DecisionKind.HIDE_MESSAGE, DecisionKind.HIDE_PRAYER, DecisionKind.HIDE_RESPONSE, DecisionKind.WARN, DecisionKind.MUTE, DecisionKind.SUSPEND,
    DecisionKind.BAN, DecisionKind.FREEZE_CONVERSATION, DecisionKind.DEANONYMISE, DecisionKind.DISMISS,
    DecisionKind.CLOSE,
})  # fmt: skip
#: In the order in which a page offers them: what helps, what concerns a text, a person, everything, the end.
OFFERED = (
    DecisionKind.SUPPORT, DecisionKind.HIDE_MESSAGE, DecisionKind.REMOVE_MESSAGE, DecisionKind.HIDE_PRAYER, DecisionKind.HIDE_RESPONSE,
    DecisionKind.WARN, DecisionKind.MUTE, DecisionKind.SUSPEND, DecisionKind.BAN, DecisionKind.FREEZE_CONVERSATION,
    DecisionKind.BULK_REMOVE, DecisionKind.DEANONYMISE, DecisionKind.PURGE, DecisionKind.GRANT, DecisionKind.UPHOLD,
    DecisionKind.CLOSE, DecisionKind.DISMISS,
)  # fmt: skip


def offered(fitting: Iterable[str]) -> list[DecisionKind]:
    """What a page offers of what fits a case."""
    fits = set(fitting)
    return [kind for kind in OFFERED if kind.value in fits]


def may_approve(kind: str, rights: frozenset[Right]) -> bool:
    """Whether these rights make somebody a second person for this; never for what they proposed themselves."""
    return (Right.APPROVE_GRAVEST if kind in GRAVEST else Right.APPROVE) in rights


def may_undo(kind: str, rights: frozenset[Right]) -> bool:
    needed = Right.APPROVE if kind == DecisionKind.BAN else Right.WORK_CASES
    return kind in UNDOABLE and needed in rights
