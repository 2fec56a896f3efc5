"""Tell open sockets what a decision has just changed. PostgreSQL has done it (sql/0006_decisions)."""

from __future__ import annotations

from functools import partial
from typing import Any
from uuid import UUID

from django.db import transaction

from accounts.enums import EndReason
from accounts.services.sessions import end_all_sessions
from accounts.services.suspension import tell_kept_out
from messaging.events import publish_settings
from messaging.queries.conversations import conversation_object
from messaging.queries.members import my_participant
from messaging.services.telling import publish_updated
from moderation.enums import DecisionKind, DecisionState
from moderation.queries.decided import prayer_decided_on
from moderation.services.awaking import awaken
from prayermap.lib.acting import acting_as, in_writers_role
from prayermap.lib.db import call_scalar
from prayermap.lib.times import utc_now
from prayers.events import publish_map


def tell_effects(result: Any, kind: str) -> None:
    """After the commit: frames to the conversation and to maps, 4503 to whoever is kept out, and notices by the worker.

    `result` is a row of `decision_result`, in whose transaction this is called.
    """
    if result.rev is not None:
        if result.message is not None:
            publish_updated([result.message])
        else:
            transaction.on_commit(partial(tell_settings, result.conversation), robust=True)
    if result.person is not None and result.state == DecisionState.EFFECTIVE:
        _keep_out(result.person, kind)
    if prayer := prayer_decided_on(result.decision, kind):
        publish_map(prayers=[prayer], has_left=True, with_lines=True)
    transaction.on_commit(awaken)


def _keep_out(person: UUID, kind: str) -> None:
    if kind == DecisionKind.SUSPEND:
        tell_kept_out(user_id=person, reason="suspended")
    elif kind == DecisionKind.BAN:
        tell_kept_out(user_id=person, reason="banned")
        end_all_sessions(user_id=person, reason=EndReason.BANNED, now=utc_now())


def tell_settings(conversation_id: UUID) -> None:
    """`conversation.updated`, as one of its members sees it: what is personal is left out, so any will do."""
    with in_writers_role():
        reader = call_scalar("reader_of", conversation_id, types="uuid")
    if reader is not None:
        with acting_as(reader):
            publish_settings(conversation_object(my_participant(conversation_id)))
