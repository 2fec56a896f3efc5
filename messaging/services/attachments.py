"""Uploads become attachments, and are let go with the messages that carried them."""

from __future__ import annotations

from collections.abc import Collection
from uuid import UUID

import msgspec
from django.conf import settings
from django.db import transaction
from psycopg.types.json import Jsonb

from accounts.services.client_keys import earlier_result, remember
from messaging.queries.attachments import attachments
from messaging.schemas.messages import Attachment
from messaging.services.media_files import StoredFile, names_of, remover
from prayermap.lib.db import call, call_scalar
from prayermap.lib.errors import Conflict, TooLarge
from prayermap.lib.ids import uuid7

#: The scope of an upload's client_id.
_UPLOADS = UUID(int=1)


class UploadRequest(msgspec.Struct):
    """What a repeated upload is compared by: the bytes as they came, and their label."""

    digest: str
    label: str
    client_id: UUID | None


def earlier_upload(*, request: UploadRequest) -> Attachment | None:
    """What this very request made before; None for a first time. Raises ClientIdReused for another request, Conflict
    where nothing is left of it.
    """
    earlier = earlier_result(request.client_id, _UPLOADS, request)
    if earlier is None:
        return None
    found = attachments([earlier]).get(earlier)
    if found is None:
        raise Conflict("This upload is gone: no message took it within a day, or its message was deleted.")
    return found


def check_room(size: int) -> None:
    """Raise TooLarge where so many bytes more don't fit into what one person may store."""
    if call_scalar("media_bytes") + size > settings.MEDIA_BYTES_PER_PERSON:
        raise _full()


def record_upload(*, request: UploadRequest, stored: StoredFile) -> tuple[Attachment, bool]:
    """(attachment, created): the stored file as an upload of the person who acts. Not created: a rival with the same
    client_id was faster, and the stored file is nobody's.

    Raises ClientIdReused, Conflict, TooLarge.
    """
    if earlier := earlier_upload(request=request):
        return earlier, False
    attachment_id = uuid7()
    facts = stored.facts._asdict() | {
        "size": stored.size,
        "digest": stored.digest,
        "has_thumbnail": stored.has_thumbnail,
    }
    most = settings.MEDIA_BYTES_PER_PERSON
    types = "uuid uuid jsonb bigint"
    if not call_scalar("record_upload", attachment_id, stored.blob, Jsonb(facts), most, types=types):
        raise _full()
    remember(request.client_id, _UPLOADS, request, attachment_id)
    return attachments([attachment_id])[attachment_id], True


def release_attachments(*, messages: Collection[UUID]) -> int:
    """Take the files away from those of these messages that are deleted, erased, expired or gone; call it in the
    transaction that does so, after it was done. Files that nothing else carries leave the storage after the commit.

    Live and hidden messages keep theirs. Repeating it does nothing. Returns how many files went.
    """
    if not messages:
        return 0
    rows = call("release_attachments", list(messages), types="uuid[]")
    transaction.on_commit(remover(names_of(rows)))
    return len(rows)


def _full() -> TooLarge:
    reason = f"Your files may take {settings.MEDIA_BYTES_PER_PERSON:,} bytes together; delete messages with files first."
    return TooLarge(reason, errors={"file": [reason]})
