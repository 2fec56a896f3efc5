"""Tell conversations that a member of theirs has another name."""

from __future__ import annotations

from functools import partial
from uuid import UUID

from django.db import transaction
from procrastinate.contrib.django import app

from messaging.events import ROOM, renamed_event
from messaging.schemas.conversations import Member
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.news import publish_on_commit

#: The task that goes on (messaging/tasks.py).
TASK = "messaging.tasks.tell_rest_of_renamed"
#: Conversations that one transaction keeps locked; the function takes no more.
BATCH = 500


def conversations_follow_name(name: str, *, after: UUID | None = None) -> None:
    """One `rev` and `member.updated` where the person who acts stands under their name; nothing where anonymous.

    The first `BATCH` conversations behind `after` in this transaction, which sets the name; the worker does the
    others, in transactions of their own.
    """
    rows = call("step_renamed", after, BATCH, types="uuid int")
    me = current_user_id()
    if not rows:
        return
    members = [Member(row.id, name, me, row.role, row.state, is_anonymous=False) for row in rows]
    # Together: a process without a hub takes 4 ms for each piece of news that it hands to the layer by itself.
    told = zip(rows, members, strict=True)
    publish_on_commit(ROOM, *(renamed_event(row.conversation, member, rev=row.rev) for row, member in told))
    if rows[-1].is_full:
        # Robust: the name is stored by then. What can't be put off is logged.
        transaction.on_commit(partial(_go_on, me, rows[-1].conversation), robust=True)


def _go_on(user_id: UUID, after: UUID) -> None:
    app.configure_task(TASK).defer(user=str(user_id), after=str(after))
