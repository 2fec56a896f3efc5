"""Files as the person who acts may have them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from messaging.schemas.messages import Attachment
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import NotFound
from prayermap.lib.links import seal

FILE, THUMBNAIL = "file", "thumbnail"


def attachments(ids: Iterable[UUID]) -> dict[UUID, Attachment]:
    """Those of these that the person who acts may have, with links of theirs; one statement, none for no ids."""
    wanted = list(ids)
    if not wanted:
        return {}
    return as_attachments(call("visible_attachments", wanted, types="uuid[]"), current_user_id())


def as_attachments(rows: Iterable[Any], person: UUID) -> dict[UUID, Attachment]:
    """Rows of `visible_attachments`, with links of `person`."""
    return {
        row.id: as_attachment(row.id, row._asdict(), has_thumbnail=bool(row.thumbnail_name), person=person)
        for row in rows
    }


def attachment(attachment_id: UUID) -> Attachment:
    """Raises NotFound where there is none for the person who acts."""
    found = attachments([attachment_id]).get(attachment_id)
    if found is None:
        raise NotFound
    return found


def attachment_row(attachment_id: UUID) -> Any:
    """The same with the names in the storage, for handing the file out. Raises NotFound."""
    rows = call("visible_attachments", [attachment_id], types="uuid[]")
    if not rows:
        raise NotFound
    return rows[0]


def as_attachment(
    attachment_id: UUID, facts: Mapping[str, Any], *, has_thumbnail: bool, person: UUID | None
) -> Attachment:
    """The file with links that open it for `person`, wherever they are put; None: for whoever signs the request."""
    key = f"?key={seal(attachment_id, person, now=time.time())}" if person else ""
    address = f"/api/v1/attachments/{attachment_id}"
    return Attachment(
        id=attachment_id,
        content_type=facts["content_type"],
        size=facts["size"],
        width=facts["width"],
        height=facts["height"],
        duration_ms=facts["duration_ms"],
        url=f"{address}/{FILE}/{key}",
        thumbnail_url=f"{address}/{THUMBNAIL}/{key}" if has_thumbnail else None,
    )
