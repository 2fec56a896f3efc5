"""What a table holds of a person: which rows, what becomes of them, what the person is given of them.

The same rows answer three questions: what will be erased (before), what is left (the proof, after), what the person
holds a right to see (export).
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Model, Q, QuerySet

from moderation.privacy.subject import OWNER, Subject

#: Says which rows are the subject's; None: none of this part of it.
Whose = Callable[[Subject], Q | None]
#: Runs a piece of work in a transaction of its own, counts what it did, and pauses.
Batch = Callable[[Callable[[], int]], int]
ROWS = 500


def of_account(column: str) -> Whose:
    """Rows that name the person."""
    return lambda subject: Q(**{column: subject.user}) if subject.has_account else None


def of_members(column: str) -> Whose:
    """Rows that name one of the person's member rows."""
    return lambda subject: Q(**{f"{column}__in": subject.members}) if subject.members else None


def of_authors(column: str) -> Whose:
    """Rows that name a member row as the author of what shows none."""
    return lambda subject: Q(**{f"{column}__in": subject.authors}) if subject.authors else None


@dataclass(frozen=True, kw_only=True)
class Trace(ABC):
    """Rows of one table that are about a person."""

    model: type[Model]
    whose: Whose
    #: Columns that stay after an erasure, each with its reason; rows that are deleted keep none.
    kept: Mapping[str, str] = field(default_factory=dict)
    #: Columns that the person is given.
    shown: tuple[str, ...] = ()
    #: Columns that the person isn't given, each with its reason.
    hidden: Mapping[str, str] = field(default_factory=dict)

    @property
    def table(self) -> str:
        return self.model._meta.db_table

    def rows(self, subject: Subject) -> QuerySet[Any]:
        """All rows of the subject."""
        found = self.whose(subject)
        manager = self.model._base_manager.using(OWNER)
        return manager.none() if found is None else manager.filter(found)

    @abstractmethod
    def left(self, subject: Subject) -> QuerySet[Any]:
        """Those that still hold something that is to be erased."""

    @abstractmethod
    def erase(self, subject: Subject, batch: Batch) -> None:
        """Erase them, piece by piece; again: nothing."""

    @property
    def emptied(self) -> frozenset[str]:
        """Columns that are empty afterwards, where rows stay."""
        return frozenset()


@dataclass(frozen=True, kw_only=True)
class Deleted(Trace):
    """The rows go."""

    def left(self, subject: Subject) -> QuerySet[Any]:
        return self.rows(subject)

    def erase(self, subject: Subject, batch: Batch) -> None:
        while batch(lambda: self._delete_some(subject)):
            pass

    def _delete_some(self, subject: Subject) -> int:
        manager = self.model._base_manager.using(OWNER)
        keys = list(self.left(subject).values_list("pk", flat=True)[:ROWS])
        return manager.filter(pk__in=keys).delete()[0] if keys else 0


@dataclass(frozen=True, kw_only=True)
class ByFunction(Trace):
    """A function of the database erases the rows of these keys, since others' rows hang on them."""

    function: Callable[[list[UUID]], int]
    #: What a row looks like that had to stay, and which of its columns are empty then.
    hollow: Q | None = None
    columns: frozenset[str] = frozenset()

    @property
    def emptied(self) -> frozenset[str]:
        return self.columns

    def left(self, subject: Subject) -> QuerySet[Any]:
        found = self.rows(subject)
        return found if self.hollow is None else found.exclude(self.hollow)

    def erase(self, subject: Subject, batch: Batch) -> None:
        while batch(lambda: self._erase_some(subject)):
            pass

    def _erase_some(self, subject: Subject) -> int:
        keys = list(self.left(subject).order_by("pk").values_list("pk", flat=True)[:ROWS])
        return self.function(keys) if keys else 0


@dataclass(frozen=True, kw_only=True)
class Emptied(Trace):
    """The rows stay; these columns get these values."""

    to: Mapping[str, Any]

    @property
    def emptied(self) -> frozenset[str]:
        return frozenset(self.to)

    def left(self, subject: Subject) -> QuerySet[Any]:
        isnull = {f"{name}__isnull": True for name, value in self.to.items() if value is None}
        return self.rows(subject).exclude(
            **isnull, **{name: value for name, value in self.to.items() if value is not None}
        )

    def erase(self, subject: Subject, batch: Batch) -> None:
        while batch(lambda: self._empty_some(subject)):
            pass

    def _empty_some(self, subject: Subject) -> int:
        manager = self.model._base_manager.using(OWNER)
        keys = list(self.left(subject).values_list("pk", flat=True)[:ROWS])
        return manager.filter(pk__in=keys).update(**self.to) if keys else 0


@dataclass(frozen=True, kw_only=True)
class Kept(Trace):
    """The rows stay as they are, for the reasons in `kept`."""

    def left(self, subject: Subject) -> QuerySet[Any]:
        return self.model._base_manager.using(OWNER).none()

    def erase(self, subject: Subject, batch: Batch) -> None:
        return
