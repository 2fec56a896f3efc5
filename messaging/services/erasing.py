"""Erase what a member wrote, and the member: background work as the owner, inside small transactions of the caller's.

Others are told as of any other change. What a frame can't show (the tombstones before the last one) their hubs read
by `rev`.
"""

from __future__ import annotations

from functools import partial
from typing import NamedTuple
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import transaction

from messaging.events import publish_member
from messaging.models import MediaBlob
from messaging.queries.members import as_member
from messaging.services.notices import settle_notifications
from messaging.services.telling import publish_updated
from prayermap.lib.acting import acting_as_writer
from prayermap.lib.db import call

OWNER = "owner"


class Erased(NamedTuple):
    """How many messages became tombstones, and the `seq` behind which to go on."""

    rows: int
    last_seq: int


def erase_written(*, member_id: UUID, sealed: bool, after_seq: int, most: int) -> Erased | None:
    """The next `most` messages of this member; None when there are no more.

    `sealed`: those that show no author, else those that show this member.
    """
    rows = call(
        "erase_written", member_id, sealed, after_seq, most, types="uuid bool bigint int", using=OWNER
    )
    if not rows:
        return None
    (row,) = rows
    settle_notifications([row.conversation], using=OWNER)
    transaction.on_commit(partial(_tell_changed, row.last_id), using=OWNER)
    return Erased(row.erased, row.last_seq)


def erase_reactions(*, member_id: UUID, most: int) -> int:
    """What this member reacted on, at most `most` messages of it; how many, 0 when there is no more."""
    rows = call("erase_reactions", member_id, most, types="uuid int", using=OWNER)
    for row in rows:
        transaction.on_commit(partial(_tell_changed, row.last_id), using=OWNER)
    return sum(row.erased for row in rows)


def _tell_changed(message_id: UUID) -> None:
    """In a transaction of its own: the owner's is through, and hubs read what is told as nobody in particular."""
    with acting_as_writer():
        publish_updated([message_id])


def erase_member(*, member_id: UUID) -> None:
    """The member leaves; an heir takes a group that nobody owned any more; a conversation of two is closed."""
    for row in call("erase_member", member_id, types="uuid", using=OWNER):
        reason = "left" if row.id == member_id else ""
        tell = partial(publish_member, row.conversation, as_member(row), rev=row.rev, reason=reason)
        transaction.on_commit(tell, using=OWNER)


def delete_unused_files() -> int:
    """Files that no message and no upload carries any more; how many. The file goes first, so that a row is left to
    find it by when this is killed.
    """
    unused = MediaBlob.objects.using(OWNER).filter(attachments=None)
    deleted = 0
    for blob_id in list(unused.values_list("pk", flat=True)):
        with transaction.atomic(using=OWNER):
            blob = MediaBlob.objects.using(OWNER).select_for_update().filter(pk=blob_id).first()
            # The lock first, then a look of its own: a message may just have taken the file.
            if blob is None or blob.attachments.using(OWNER).exists():
                continue
            for name in filter(None, (blob.storage_name, blob.thumbnail_name)):
                default_storage.delete(name)
            blob.delete()
            deleted += 1
    return deleted
