"""Upload, send and fetch files over REST."""

from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart

from tests.messaging.actors import Actor, Answer
from tests.messaging.lines import owner
from tests.uploads import pictures

PNG = pictures.saved(pictures.painted(), "PNG")


def try_upload(
    person: Actor,
    data: bytes = PNG,
    *,
    label: str = "application/octet-stream",
    name: str = "x",
    **fields: Any,
) -> Answer:
    form = {"file": SimpleUploadedFile(name, data, content_type=label), **fields}
    return person.call(
        "POST", "attachments/", raw=encode_multipart(BOUNDARY, form), content_type=MULTIPART_CONTENT
    )


def upload(person: Actor, data: bytes = PNG, **more: Any) -> Any:
    answer = try_upload(person, data, **more)
    assert answer.status in (200, 201), answer.body
    return answer.body


def send_file(person: Actor, room: str, attachment: str, **more: Any) -> Any:
    """Send a picture, or `type` in `more`; the message."""
    body = {"type": "image", "attachment": attachment} | more
    return person.ok("POST", f"conversations/{room}/messages/", body)


def fetch(url: str, person: Actor | None = None, **headers: str) -> Any:
    """The answer to a GET of a link, signed by `person` or by nobody."""
    return Client().get(url, headers=(person.headers if person else {}) | headers)


def status_of(url: str, person: Actor | None = None) -> int:
    answer = fetch(url, person)
    list(answer.streaming_content) if answer.streaming else None
    return int(answer.status_code)


def content_of(answer: Any) -> bytes:
    return b"".join(answer.streaming_content) if answer.streaming else answer.content


def bare(url: str) -> str:
    """The address without anybody's key."""
    return url.partition("?")[0]


def stored_names() -> list[str]:
    """All files in the storage."""
    folders = default_storage.listdir("")[0]
    return sorted(f"{folder}/{name}" for folder in folders for name in default_storage.listdir(folder)[1])


def tombstone(message_id: str) -> None:
    """What a deletion for all leaves."""
    owner(
        "UPDATE message SET state = 'deleted', content = NULL, payload = NULL, attachment_id = NULL,"
        " request_digest = NULL, mentions = '{}', reply_to_seq = NULL WHERE id = %s",
        message_id,
    )


def empty_storage() -> None:
    """Tests keep files in memory, and that is one for the whole run."""
    for name in stored_names():
        default_storage.delete(name)
