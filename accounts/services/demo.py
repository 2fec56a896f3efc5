"""The demo people: two minutes after the clone there is somebody to sign in as."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import NamedTuple

from django.contrib.auth.models import Group
from django.db import connection, transaction

from accounts.models import User

PASSWORD = "prayermap-demo"  # noqa: S105 - published, and refused outside DEBUG
MODERATORS = "moderator"
#: Any number of our own: two loaders at once take turns.
_LOCK = 0x70726179


class DemoPerson(NamedTuple):
    """Who somebody of the demo is."""

    email: str
    display_name: str
    role: str


PEOPLE = (
    DemoPerson("ruth@example.com", "Ruth", "member"),
    DemoPerson("amos@example.com", "Amos", "member"),
    DemoPerson("lydia@example.com", "Lydia", "member"),
    DemoPerson("mod@example.com", "Miriam", "moderator"),
    DemoPerson("mod2@example.com", "Micah", "moderator"),
    DemoPerson("admin@example.com", "Esther", "superuser"),
)

#: What else belongs to the demo: upper apps add functions that get the new people by their addresses.
demo_parts: list[Callable[[Mapping[str, User]], None]] = []


def load_demo_people() -> list[User]:
    """Make them, and what else belongs to the demo, unless there are people already.

    Those who were made, none the second time.
    """
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_xact_lock(%s)", [_LOCK])
        if User.objects.exists():
            return []
        made = [_make(person) for person in PEOPLE]
        for part in demo_parts:
            part({user.email: user for user in made})
        return made


def _make(person: DemoPerson) -> User:
    is_superuser = person.role == "superuser"
    user = User.objects.create_user(
        person.email,
        PASSWORD,
        display_name=person.display_name,
        is_staff=person.role != "member",
        is_superuser=is_superuser,
    )
    if person.role == "moderator":
        user.groups.add(Group.objects.get(name=MODERATORS))
    return user
