"""Files in the storage: clean ones come in, unused ones go."""

from __future__ import annotations

import hashlib
import logging
import tempfile
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, BinaryIO, NamedTuple, cast
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from prayermap.lib.errors import Invalid, TooLarge, Unavailable
from prayermap.lib.ids import uuid7
from prayermap.lib.media.cleaning import clean
from prayermap.lib.media.facts import THUMBNAIL_TYPE, Facts
from prayermap.lib.media.unfit import Oversized, Unfit

logger = logging.getLogger(__name__)

_WAIT_S = 20.0
_RETRY_MS = 5_000
_BLOCK = 262_144
_LINK_S = 60


class StoredFile(NamedTuple):
    """A clean file in the storage that no row speaks of yet."""

    blob: UUID
    facts: Facts
    size: int
    #: SHA-256, hexadecimal.
    digest: str
    has_thumbnail: bool


def storage_name(blob: UUID) -> str:
    """record_upload() makes the same one: two digits that spread, then the id. Nothing of it is from a client."""
    return f"{str(blob)[-2:]}/{blob}"


def thumbnail_name(blob: UUID) -> str:
    return f"{storage_name(blob)}.small"


def store_clean(file: BinaryIO, *, label: str) -> StoredFile:
    """Put what is left of an upload once it is clean into the storage, without a row. Takes seconds; no transaction.

    Raises Invalid or TooLarge with the reason in `errors.file`, Unavailable while others' files are being cleaned.
    """
    with _turn(), tempfile.TemporaryFile() as target, tempfile.TemporaryFile() as thumbnail:
        try:
            facts = clean(file, target, thumbnail, label=label)
        except Oversized as reason:
            raise TooLarge(str(reason), errors={"file": [str(reason)]}) from None
        except Unfit as reason:
            raise Invalid(errors={"file": [str(reason)]}) from None
        blob = uuid7()
        size, has_thumbnail = target.tell(), thumbnail.tell() > 0
        stored = StoredFile(blob, facts, size, file_digest(target), has_thumbnail)
        _save(storage_name(blob), target, facts.content_type)
        if has_thumbnail:
            _save(thumbnail_name(blob), thumbnail, THUMBNAIL_TYPE)
        return stored


def bucket_link(name: str, content_type: str, disposition: str) -> str:
    """Where the bucket itself hands this file out, for a minute: time to follow a redirect, not to pass it on."""
    options = {
        "ResponseContentType": content_type,
        "ResponseContentDisposition": disposition,
        "ResponseCacheControl": "private, no-cache",
    }
    bucket = cast("Any", default_storage)  # its `url` takes more than Django's
    link: str = bucket.url(name, parameters=options, expire=_LINK_S)
    return link


def file_digest(file: BinaryIO) -> str:
    """SHA-256, hexadecimal."""
    file.seek(0)
    found = hashlib.sha256()
    while block := file.read(_BLOCK):
        found.update(block)
    return found.hexdigest()


def discard(stored: StoredFile) -> None:
    """Take a stored file that got no row out of the storage again."""
    remove_files(
        [storage_name(stored.blob), *([thumbnail_name(stored.blob)] if stored.has_thumbnail else [])]
    )


def remove_files(names: Iterable[str]) -> None:
    """Take these out of the storage. What fails is only logged: the sweep finds files that no row speaks of."""
    for name in names:
        try:
            default_storage.delete(name)
        except Exception:
            logger.warning(
                "a file could not be removed from the storage; the sweep tries again", exc_info=True
            )


def names_of(rows: Iterable[Any]) -> list[str]:
    """Names in the storage in rows of (storage_name, thumbnail_name)."""
    return [name for row in rows for name in row if name]


def remover(names: list[str]) -> Callable[[], None]:
    """For `transaction.on_commit`."""
    return lambda: remove_files(names)


def _save(name: str, content: BinaryIO, content_type: str) -> None:
    content.seek(0)
    file = File(content)
    file.content_type = content_type  # type: ignore[attr-defined]  # S3 stores it with the object
    saved = default_storage.save(name, file)
    assert saved == name, "ids don't repeat"


_turns = threading.BoundedSemaphore(settings.UPLOADS_AT_ONCE)


@contextmanager
def _turn() -> Iterator[None]:
    """A place among those whose files are being cleaned, since each takes a processor and memory."""
    if not _turns.acquire(timeout=_WAIT_S):
        raise Unavailable("Many files are being taken in; try again soon.", retry_after_ms=_RETRY_MS)
    try:
        yield
    finally:
        _turns.release()
