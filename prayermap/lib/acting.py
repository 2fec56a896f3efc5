"""Act in PostgreSQL as a person: one transaction, one role, one `prayermap.user_id`.

Row-level security reads both, so a query that forgot its filter returns nothing rather than everything.
It guards against forgotten filters, not against SQL injection, which could set the variable itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from contextvars import ContextVar
from typing import NamedTuple, Protocol
from uuid import UUID

from django.db import connection, transaction

MEMBER_ROLE = "prayermap_member"
STAFF_ROLE = "prayermap_staff"
WRITER_ROLE = "prayermap_writer"


class HasKey(Protocol):
    """Anything with a UUID primary key: a User, in practice."""

    @property
    def pk(self) -> UUID: ...


class Acting(NamedTuple):
    """Who acts (None: nobody), and under which database role."""

    role: str
    user_id: UUID | None


_acting: ContextVar[Acting | None] = ContextVar("acting", default=None)


def current_user_id() -> UUID:
    """The id of the person who acts now.

    Raises RuntimeError outside `acting_as`: a service was called without its transaction.
    """
    acting = _acting.get()
    if acting is None or acting.user_id is None:
        raise RuntimeError("This needs acting_as(user) around it.")
    return acting.user_id


def acting_role() -> str | None:
    """The database role of the person who acts now; None where nobody does."""
    acting = _acting.get()
    return acting.role if acting else None


def acting_as(user: HasKey | UUID) -> AbstractContextManager[None]:
    """A transaction in which PostgreSQL sees `user`, a member, and nobody else.

    Nested for the same person it is a savepoint; for another one it raises RuntimeError,
    since a released savepoint would keep the inner role.
    """
    return _act(Acting(MEMBER_ROLE, _key(user)))


def acting_as_staff(user: HasKey | UUID) -> AbstractContextManager[None]:
    """The same for the moderation console: the staff role and the moderator's id."""
    return _act(Acting(STAFF_ROLE, _key(user)))


def acting_as_writer() -> AbstractContextManager[None]:
    """A transaction in the writers' role, in which nobody acts: its functions are told whose rows they touch."""
    return _act(Acting(WRITER_ROLE, None))


@contextmanager
def in_writers_role() -> Iterator[None]:
    """For what everybody is told: the role that belongs to nobody, inside a person's transaction or in one of its own.

    It executes a few functions and reads no table. Afterwards the person acts on in the same transaction.
    """
    outer = _acting.get()
    if outer is None or outer.role == WRITER_ROLE:
        with acting_as_writer():
            yield
        return
    _set_role(WRITER_ROLE, str(outer.user_id))
    yield  # an error undoes the whole transaction, and the role with it
    _set_role(outer.role, str(outer.user_id))


@contextmanager
def _act(acting: Acting) -> Iterator[None]:
    outer = _acting.get()
    if outer not in (None, acting):
        raise RuntimeError("Somebody else is acting in this transaction.")
    with transaction.atomic():
        if outer is None:
            _set_role(acting.role, str(acting.user_id or ""))
        token = _acting.set(acting)
        try:
            yield
        finally:
            _acting.reset(token)
    if outer is None and connection.in_atomic_block:  # an outer transaction goes on: give the role back
        _set_role("none", "")


def _set_role(role: str, user_id: str) -> None:
    """One statement (0.2 ms); both settings end with the transaction."""
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('prayermap.user_id', %s, true)", [role, user_id]
        )


def _key(user: HasKey | UUID) -> UUID:
    return user if isinstance(user, UUID) else user.pk
