"""Reads: who is behind a token, which sessions still live, whom somebody has blocked."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, NamedTuple
from uuid import UUID

from django.db import DEFAULT_DB_ALIAS
from django.db.models import QuerySet
from psycopg.errors import InvalidAuthorizationSpecification

from accounts import tokens
from accounts.models import Block, Session, User
from prayermap.lib import db, pipelines
from prayermap.lib.acting import current_user_id
from prayermap.lib.times import utc_now

ANONYMOUS_NAME = "Someone"
_OF_SESSION = [field.attname for field in Session._meta.concrete_fields]
_OF_PERSON = [field.attname for field in User._meta.concrete_fields]


def session_by_token(access: str) -> Session | None:
    """The live session of an access token, with its `user`; None where the token is no good. One query."""
    proof = tokens.read_access_token(access)
    session = session_by_id(proof.session_id) if proof else None
    return session if session and proof and session.user_id == proof.user_id else None


def session_by_id(session_id: UUID) -> Session | None:
    """This session with its `user`, unless it ended, ran out, or its person may not enter. One query.

    By a function, since every request asks this: to make the statement took Django more than half of the time.
    """
    for row in db.call("live_session", session_id, utc_now(), types="uuid timestamptz"):
        session = Session.from_db(DEFAULT_DB_ALIAS, _OF_SESSION, [getattr(row, name) for name in _OF_SESSION])
        session.user = User.from_db(
            DEFAULT_DB_ALIAS, _OF_PERSON, [getattr(row, f"person_{name}") for name in _OF_PERSON]
        )
        return session
    return None


def live_sessions(session_ids: Iterable[UUID]) -> set[UUID]:
    """Those of `session_ids` that still live. One query, for the sockets' regular check."""
    return set(Session.objects.live(utc_now()).filter(pk__in=list(session_ids)).values_list("pk", flat=True))


def is_signed_in(user_id: UUID) -> bool:
    """Whether this person may be here and is signed in on some device. One query."""
    return Session.objects.live(utc_now()).filter(user_id=user_id).exists()


async def live_session(user_id: UUID, session_id: UUID) -> Any | None:
    """(name, device_id) of this session of this person, unless it ended, ran out, or they may not enter; on the event loop.

    Raises as PostgreSQL does when it is away.
    """
    try:
        [[row]] = await pipelines.running().run(pipelines.acting_in_session(session_id, user_id))
    except InvalidAuthorizationSpecification:
        return None
    return row


class BlockRow(NamedTuple):
    """A block as its owner sees it: of an anonymous member nothing but the id."""

    block: Block
    name: str


def own_blocks() -> QuerySet[Block]:
    """Blocks of the person who acts, newest first by key."""
    return Block.objects.filter(blocker_id=current_user_id())


def named(blocks: list[Block]) -> list[BlockRow]:
    """The same blocks with the name to show. One query."""
    people = [block.blocked_id for block in blocks if block.blocked_id]
    rows = db.call("blocked_names", people, types="uuid[]") if people else []
    names = {row.id: row.name for row in rows}
    return [BlockRow(block, names.get(block.blocked_id, ANONYMOUS_NAME)) for block in blocks]


def is_person(user_id: UUID) -> bool:
    """Whether there is an account with this id."""
    return bool(db.call_scalar("is_person", user_id, types="uuid"))
