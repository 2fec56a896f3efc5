"""Block and unblock: a person, or an anonymous member of whom nothing else is known."""

from __future__ import annotations

from typing import NamedTuple
from uuid import UUID

from django.db import IntegrityError, transaction
from django.db.models import Q

from accounts import queries, rules
from accounts.models import Block
from accounts.models.block import CLIENT_ID_UNIQUE
from accounts.schemas import BlockRequest
from accounts.services.client_keys import earlier_result, remember
from prayermap.lib.acting import current_user_id
from prayermap.lib.errors import ClientIdReused, NotFound, invalid
from prayermap.lib.news import BlocksChanged, publish_on_commit


class Blocking(NamedTuple):
    """A block, and whether this call made it."""

    block: Block
    is_new: bool


def block_user(*, user_id: UUID, client_id: UUID | None = None) -> Blocking:
    """Block a person. Raises Invalid for oneself, NotFound for nobody, ClientIdReused."""
    if user_id == current_user_id():
        raise invalid(user="You can't block yourself.")
    if not queries.is_person(user_id):
        raise NotFound
    return _block(BlockRequest(user=user_id, client_id=client_id), blocked_id=user_id)


def block_member(*, member_id: UUID, client_id: UUID | None = None) -> Blocking:
    """Block a member that the person who acts can see: the person, where their name is known.

    Raises Invalid for oneself, NotFound, ClientIdReused.
    """
    seen = rules.seen_member(member_id)
    if seen is None:
        raise NotFound
    if seen.user is not None:
        return block_user(user_id=seen.user, client_id=client_id)
    return _block(BlockRequest(member=member_id, client_id=client_id), blocked_member=member_id)


def unblock(*, target_id: UUID) -> None:
    """Lift the block of this person or member. Raises NotFound where there is none."""
    block = queries.own_blocks().filter(Q(blocked_id=target_id) | Q(blocked_member=target_id)).first()
    if block is None and (seen := rules.seen_member(target_id)) and seen.user is not None:
        block = queries.own_blocks().filter(blocked_id=seen.user).first()
    if block is None:
        raise NotFound
    block.delete()
    _tell(block)


def _block(body: BlockRequest, **target: UUID) -> Blocking:
    own, me, client_id = queries.own_blocks(), current_user_id(), body.client_id
    is_repeated = earlier_result(client_id, me, body) is not None
    if existing := own.filter(**target).first():
        return Blocking(existing, is_new=False)
    if is_repeated:  # and lifted since: a late repetition doesn't block again
        return Blocking(Block(blocker_id=me, **target), is_new=False)
    remember(client_id, me, body, next(iter(target.values())))
    try:
        with transaction.atomic():
            block = Block.objects.create(blocker_id=me, client_id=client_id, **target)
    except IntegrityError as error:
        if CLIENT_ID_UNIQUE in str(error):
            raise ClientIdReused from None
        return Blocking(own.get(**target), is_new=False)  # the same person's other device was faster
    _tell(block)
    return Blocking(block, is_new=True)


def _tell(block: Block) -> None:
    """Both sides' sockets read their blocks again; an anonymous member's never change."""
    for user_id in (block.blocker_id, block.blocked_id):
        if user_id is not None:
            publish_on_commit("blocks.changed", BlocksChanged(str(user_id)))
