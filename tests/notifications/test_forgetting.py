"""An erased person leaves nothing behind here."""

import asyncio

import pytest

from notifications.services import activity
from notifications.services.forgetting import forget_person
from notifications.services.routing import route_due
from tests.messaging.lines import owner
from tests.notifications.delivering import later, options, subscribe

pytestmark = pytest.mark.django_db(transaction=True)
OURS = "SELECT relname::text AS name FROM pg_class WHERE relkind = 'r' AND relname ~ '^(notification|push_|delivery_)'"


def traces(person) -> dict[str, int]:
    """Rows of each table that name the person or a device of theirs."""
    devices = [row.id for row in owner("SELECT id FROM push_device WHERE user_id = %s", person.id)]
    found = {}
    for (table,) in owner(OURS):
        columns = {
            row.c
            for row in owner(
                "SELECT column_name AS c FROM information_schema.columns WHERE table_name = %s", table
            )
        }
        if "user_id" in columns:
            found[table] = owner(f"SELECT count(*) AS n FROM {table} WHERE user_id = %s", person.id)[0].n
        elif "device_id" in columns:
            found[table] = owner(f"SELECT count(*) AS n FROM {table} WHERE device_id = ANY (%s)", devices)[
                0
            ].n
    return found


def test_everything_of_a_person_goes_and_nothing_of_others(ruth, amos, lydia, service, valkey):
    room = ruth.group(amos, lydia)
    for person in (amos, lydia):
        subscribe(person, service)
        options(person, previews=True, kinds={"mention": {"email": True}})
    ruth.say(room, "for both", mentions=[amos.member_id(room)])
    route_due(now=later())
    owner("UPDATE notification SET push_due_at = now() WHERE read_at IS NULL")
    route_due(now=later())  # too early for another one: that leaves a reason
    asyncio.run(activity.note_active([amos.user.pk], "a process"))
    before = traces(lydia)
    assert all(traces(amos).values())
    gone = forget_person(user_id=amos.user.pk)
    assert set(traces(amos).values()) == {0}
    assert traces(lydia) == before
    assert (gone["push_device"], gone["push_delivery"], gone["notification_preference"]) == (1, 2, 1)
    assert valkey.exists(activity.active_key(amos.user.pk)) == 0
    assert set(forget_person(user_id=amos.user.pk).values()) == {0}
