"""Who the named members of a page are; of an anonymous one nothing but the member id."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple
from uuid import UUID

from django.utils.safestring import SafeString

from accounts.models import User
from messaging.models import Participant
from prayermap.lib import db
from prayermap.lib.admin import link

SOMEONE = "Someone"


class Person(NamedTuple):
    """The account behind a named member."""

    user_id: UUID
    name: str


def people_of(members: Iterable[UUID | None]) -> dict[UUID, Person]:
    """The named ones among these members, by member id. One query, none where there is nobody to ask for."""
    ids = {member for member in members if member is not None}
    rows = db.call("participant_people", list(ids), types="uuid[]") if ids else []
    return {row.participant: Person(row.person, row.name) for row in rows}


def person_link(member: UUID | None, people: Mapping[UUID, Person]) -> SafeString | str:
    """To the account of a named member; "Someone" for an anonymous one."""
    person = people.get(member) if member else None
    return link(User, person.user_id, person.name) if person else SOMEONE


def member_link(member: UUID | None, people: Mapping[UUID, Person]) -> SafeString | str:
    """To the member's page, under the name that others see."""
    person = people.get(member) if member else None
    return link(Participant, member, person.name if person else SOMEONE) if member else SOMEONE
