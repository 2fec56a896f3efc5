"""Everything that is held of a person, and what they can see today, as a ZIP: JSON, pages to read, their files.

Complete for the person: every table of the registry, as its entry says. Silent about others: their words only where
the person sees them now, as the interface shows them; nobody behind an anonymous message, no moderator.
"""

from __future__ import annotations

import mimetypes
import shutil
import tempfile
from collections.abc import Iterator
from typing import IO, Any, NamedTuple
from uuid import UUID
from zipfile import ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import msgspec
from django.core.files.storage import default_storage

from messaging.models import Attachment, Participant
from messaging.queries.conversations import conversation_object
from messaging.queries.members import my_participants
from messaging.queries.messages import as_messages, page_after
from messaging.schemas.messages import Message
from moderation.privacy import pages
from moderation.privacy.registry import TRACES
from moderation.privacy.subject import OWNER, Subject, whole
from prayermap.lib.acting import acting_as
from prayermap.lib.times import utc_now

PAGE = 100
_SPOOLED = 1_048_576
_encode = msgspec.json.Encoder(enc_hook=str, order="sorted").encode


class Place(NamedTuple):
    """A conversation in the export."""

    id: UUID
    title: str
    messages: int


def write_export(user_id: UUID, target: IO[bytes]) -> None:
    """Write the ZIP. Memory holds a page of messages at a time; the rest goes through `target` and temporary files."""
    subject = whole(user_id)
    with ZipFile(target, "w", ZIP_DEFLATED) as archive:
        tables = {table: _write_table(archive, table, subject) for table in _tables()}
        files = _write_files(archive, user_id)
        places = [_write_conversation(archive, user_id, member, files) for member in _my_members(user_id)]
        index = pages.index(made_at=utc_now(), tables=tables, places=places, files=len(set(files.values())))
        archive.writestr("index.html", index)


def _tables() -> list[str]:
    return list(dict.fromkeys(trace.table for trace in TRACES if trace.shown))


def _write_table(archive: ZipFile, table: str, subject: Subject) -> int:
    """`data/<table>.json`, a list of rows; how many."""
    rows = 0
    with archive.open(f"data/{table}.json", "w", force_zip64=True) as file:
        for row in _rows(table, subject):
            file.write((b",\n" if rows else b"[\n") + _encode(row))
            rows += 1
        file.write(b"\n]\n" if rows else b"[]\n")
    return rows


def _rows(table: str, subject: Subject) -> Iterator[dict[str, Any]]:
    for trace in TRACES:
        if trace.table == table and trace.shown:
            yield from trace.rows(subject).order_by("pk").values(*trace.shown).iterator(chunk_size=1_000)


def _my_members(user_id: UUID) -> list[Participant]:
    with acting_as(user_id):
        return list(my_participants().order_by("conversation_id"))


def _write_conversation(
    archive: ZipFile, user_id: UUID, member: Participant, files: dict[UUID, str]
) -> Place:
    """`conversations/<id>.json` and `.html`: what the person sees of it today."""
    with acting_as(user_id):
        shown = conversation_object(member)
    title = pages.title_of(shown, member.id)
    name = f"conversations/{member.conversation_id}"
    count = 0
    with tempfile.SpooledTemporaryFile(_SPOOLED) as page:
        page.write(pages.head(title).encode())
        with archive.open(f"{name}.json", "w", force_zip64=True) as file:
            file.write(b'{"conversation": ' + _encode(shown) + b',\n"messages": [')
            for message in _messages(user_id, member):
                plain = _plain(message, files)
                file.write((b",\n" if count else b"\n") + _encode(plain))
                page.write(pages.message(plain).encode())
                count += 1
            file.write(b"\n]}\n")
        page.write(pages.FOOT.encode())
        page.seek(0)
        with archive.open(f"{name}.html", "w", force_zip64=True) as file:
            shutil.copyfileobj(page, file)
    return Place(member.conversation_id, title, count)


def _messages(user_id: UUID, member: Participant) -> Iterator[Message]:
    """Oldest first, a page a transaction."""
    after = member.visible_from_seq - 1
    while True:
        with acting_as(user_id):
            rows = page_after(member, after, PAGE)
            found = as_messages(member, rows)
        if not rows:
            return
        yield from found
        after = rows[-1].seq


def _plain(message: Message, files: dict[UUID, str]) -> dict[str, Any]:
    """As the interface shows it, but for links, which would end within the hour."""
    plain: dict[str, Any] = msgspec.to_builtins(message, builtin_types=(UUID,))
    if attachment := plain.get("attachment"):
        del attachment["url"], attachment["thumbnail_url"]
        attachment["file"] = files.get(attachment["id"])
    return plain


def _write_files(archive: ZipFile, user_id: UUID) -> dict[UUID, str]:
    """`files/…`: what the person uploaded, each once however often it was sent. Their names by attachment."""
    names: dict[UUID, str] = {}
    by_blob: dict[UUID, str] = {}
    mine = Attachment.objects.using(OWNER).filter(user=user_id).select_related("blob").order_by("pk")
    for attachment in mine.iterator(chunk_size=500):
        blob = attachment.blob
        if blob.pk not in by_blob:
            if not default_storage.exists(blob.storage_name):
                continue
            ending = mimetypes.guess_extension(blob.content_type) or ""
            by_blob[blob.pk] = f"files/{attachment.pk}{ending}"
            _write_file(archive, by_blob[blob.pk], blob.storage_name)
        names[attachment.pk] = by_blob[blob.pk]
    archive.writestr("data/files.json", _encode({str(key): name for key, name in names.items()}))
    return names


def _write_file(archive: ZipFile, name: str, stored: str) -> None:
    """As it is: pictures and sound are packed already."""
    entry = ZipInfo(name, utc_now().timetuple()[:6])
    entry.compress_type = ZIP_STORED
    with default_storage.open(stored) as source, archive.open(entry, "w", force_zip64=True) as file:
        shutil.copyfileobj(source, file)
