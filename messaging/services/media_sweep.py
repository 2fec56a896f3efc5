"""What nobody will ask for again leaves the storage; what is missing there is told. Runs as the owner, at any time."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.core.files.storage import default_storage
from django.db import connections, transaction

from messaging.models import MediaBlob
from messaging.services.media_files import names_of, remove_files
from prayermap.lib.ids import uuid7_time

#: How long an upload waits for its message, and a file for its row.
KEPT = timedelta(hours=24)
_BATCH = 500
_FOLDER = re.compile(r"[0-9a-f]{2}")
_NAME = re.compile(r"(?P<id>[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\.small)?")


class Swept(NamedTuple):
    """Files of uploads that no message took, files that no row speaks of, names that rows speak of in vain."""

    unsent: int
    strays: int
    missing: list[str]


def sweep_media(*, now: datetime) -> Swept:
    """Safe to run twice at once and to interrupt: what is left is found the next time."""
    before = now - KEPT
    unsent = sum(_forget_unsent(before))
    strays, missing = 0, []
    for folder in _folders():
        files = set(default_storage.listdir(folder)[1])
        known = _known(folder)
        gone = [name for name in files - known.keys() if _is_old(name, before)]
        remove_files(f"{folder}/{name}" for name in gone)
        strays += len(gone)
        missing += [f"{folder}/{name}" for name in known.keys() - files if known[name] < before]
    return Swept(unsent, strays, sorted([*missing, *_in_no_folder(before)]))


def _forget_unsent(before: datetime) -> Iterator[int]:
    """Numbers of files removed, a batch at a time."""
    removed = _BATCH
    while removed >= _BATCH:
        with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
            cursor.execute("SELECT * FROM sweep_uploads(%s, %s)", [before, _BATCH])
            rows = cursor.fetchall()
        remove_files(names_of(rows))
        removed = len(rows)
        yield removed


def _folders() -> list[str]:
    """Those that we made; another program's files in the same place are left alone."""
    try:
        return sorted(folder for folder in default_storage.listdir("")[0] if _FOLDER.fullmatch(folder))
    except FileNotFoundError:  # nothing has been stored yet
        return []


def _known(folder: str) -> dict[str, datetime]:
    """The names that rows speak of in this folder, without it, and since when."""
    rows = MediaBlob.objects.using("owner").filter(storage_name__startswith=f"{folder}/")
    return {
        name.removeprefix(f"{folder}/"): created_at
        for *names, created_at in rows.values_list("storage_name", "thumbnail_name", "created_at")
        for name in names
        if name
    }


def _in_no_folder(before: datetime) -> list[str]:
    """Files of rows whose whole folder is missing."""
    there = _folders()
    rows = MediaBlob.objects.using("owner").filter(created_at__lt=before)
    for folder in there:
        rows = rows.exclude(storage_name__startswith=f"{folder}/")
    return list(rows.values_list("storage_name", flat=True)[:_BATCH])


def _is_old(name: str, before: datetime) -> bool:
    """By the id in the name: a file that is being uploaded has no row yet."""
    found = _NAME.fullmatch(name)
    return found is not None and uuid7_time(UUID(found["id"])) < before
