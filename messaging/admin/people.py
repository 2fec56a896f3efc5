"""What a person's page says about conversations: those in which they stand under their name."""

from __future__ import annotations

from django.http import HttpRequest

from accounts.admin import UserAdmin
from accounts.models import User
from messaging.models import Conversation, Participant
from prayermap.lib import db
from prayermap.lib.admin import Section, link, section
from prayermap.lib.admin.sections import MOST


def memberships_of(request: HttpRequest, user: User) -> Section | None:
    if not request.user.has_perm("messaging.view_participant"):
        return None
    rows = db.call("named_participants", user.pk, MOST + 1, types="uuid int")
    return section(
        "Conversations",
        ("Conversation", "Member", "Role", "State", "Since"),
        (
            (link(Conversation, r.conversation), link(Participant, r.participant), r.role, r.state, r.since)
            for r in rows
        ),
        note="Those in which this person stands under their name.",
    )


def client_keys_of(request: HttpRequest, user: User) -> Section | None:
    if not request.user.has_perm("accounts.view_clientkey"):
        return None
    rows = db.call("named_client_keys", user.pk, MOST + 1, types="uuid int")
    return section(
        "Remembered requests",
        ("Client id", "Conversation", "When"),
        ((row.client_id, link(Conversation, row.conversation), row.created_at) for row in rows),
        note="Kept 30 days so that a repeated request is recognised. One that could tell of an anonymous "
        "membership is left out.",
    )


UserAdmin.sections.extend((memberships_of, client_keys_of))
