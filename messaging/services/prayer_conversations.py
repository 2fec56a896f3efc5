"""A conversation about a prayer, between its author and somebody who answers."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from psycopg.types.json import Jsonb

from accounts.services.client_keys import earlier_result, remember
from messaging.events import publish_look, publish_member
from messaging.queries.conversations import conversation_object
from messaging.queries.members import as_member, my_participant
from messaging.rules import check_message
from messaging.schemas.conversations import Conversation, OpenPrayerConversation
from messaging.schemas.messages import SendMessage
from messaging.services.invitations import count_invitations
from messaging.services.sending import send_message
from notifications.events import publish_notified
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import BY_CODE, Conflict
from prayermap.lib.ids import uuid7, uuid7_of_hour
from prayermap.lib.rate import hit
from prayers.events import publish_map
from prayers.places import Place
from prayers.rules import place_columns, place_of

#: Two people and their members: more never change at once.
_MOST_CHANGED = 10


def open_prayer_conversation(*, prayer_id: UUID, body: OpenPrayerConversation) -> tuple[Conversation, bool]:
    """(conversation, created). The first message is a card of the prayer; asked again, nothing is written.

    Raises Invalid, NotFound, Conflict (one's own prayer, or none that is open), Blocked, ClientIdReused, RateLimited.
    """
    if earlier := earlier_result(body.client_id, prayer_id, body):
        return conversation_object(my_participant(earlier)), False
    card = SendMessage(type="prayer_card", content=body.content, payload={"prayer": str(prayer_id)})
    check_message(card)
    place = place_of(body.latitude, body.longitude)
    conversation_id, created = enter(prayer_id=prayer_id, is_anonymous=body.is_anonymous, place=place)
    if created:
        send_message(conversation_id=conversation_id, body=card)
    remember(body.client_id, prayer_id, body, conversation_id)
    publish_look(current_user_id(), conversation_id)
    return conversation_object(my_participant(conversation_id)), created


def enter(*, prayer_id: UUID, is_anonymous: bool, place: Place | None) -> tuple[UUID, bool]:
    """(conversation id, created): the one of this person and the prayer's author, who is invited to it.

    Raises as above.
    """
    request = {
        "prayer": str(prayer_id),
        "is_anonymous": is_anonymous,
        "conversation": str(uuid7()),
        "line": str(uuid7_of_hour()),
        "days": settings.LINE_DAYS,
        "notice": str(uuid7()),
        **place_columns(place),
    }
    (found,) = call("open_prayer_conversation", Jsonb(request), types="jsonb")
    if found.outcome == "own":
        raise Conflict("This prayer is your own.")
    if found.outcome == "conflict":
        raise Conflict("This prayer takes no new conversations.")
    if found.outcome not in {"new", "found"}:
        raise BY_CODE[found.outcome]
    if found.outcome == "new":
        hit("conversations", str(current_user_id()))
        count_invitations(current_user_id(), 1)
        publish_map(lines=[UUID(request["line"])])
    _tell(found)
    return found.conversation, found.outcome == "new"


def _tell(found: Any) -> None:
    """Those inside hear who came back; the author, whoever that is, that a conversation waits."""
    types = "uuid bigint int"
    changed = call("changed_members", found.conversation, found.rev_before, _MOST_CHANGED, types=types)
    mine = my_participant(found.conversation).id
    for row in changed:
        user = current_user_id() if row.id == mine else None
        publish_member(found.conversation, as_member(row), rev=row.rev, user=user)
    if changed or found.outcome == "new":
        transaction.on_commit(lambda: tell_invited_ones(found.conversation))


def tell_invited_ones(conversation_id: UUID) -> None:
    """As the server itself, after the commit: no request may know who an anonymous author is."""
    people = [row[0] for row in call("people_to_tell", conversation_id, types="uuid")]
    for person in people:
        publish_look(person, conversation_id)
    publish_notified(people, conversation_id)
