"""What may be said and done in a conversation: predicates and checks without a query."""

from __future__ import annotations

import re
from datetime import datetime

import msgspec

from prayermap.lib.errors import Invalid, invalid
from prayermap.lib.http.reading import field_errors
from prayermap.lib.text import is_blank

from .enums import Kind, MessageState, Role
from .schemas.messages import (
    BibleVersePayload,
    LocationPayload,
    PrayerCardPayload,
    PrayerUpdatePayload,
    SendMessage,
)

PAYLOAD_BYTES = 2_048
MEDIA_TYPES = frozenset({"image", "audio", "video"})
PAYLOADS: dict[str, type[msgspec.Struct]] = {
    "location": LocationPayload,
    "prayer_card": PrayerCardPayload,
    "prayer_update": PrayerUpdatePayload,
    "bible_verse": BibleVersePayload,
}
#: Content must be there and be seen; for the others it is an optional caption.
_NEEDS_CONTENT = frozenset({"text", "prayer_update", "bible_verse"})
_ADMINS = frozenset({Role.OWNER, Role.ADMIN})
_GROUPS = frozenset({Kind.GROUP_PRAYER, Kind.PRAYER_SUPPORT})


def is_admin(role: str) -> bool:
    return role in _ADMINS


def is_group(kind: str) -> bool:
    """Groups have roles, invitations and requests to join; conversations of two have not."""
    return kind in _GROUPS


def shown_state(state: str, expires_at: datetime | None, now: datetime) -> str:
    """A message that has disappeared is deleted, also before the worker has come round to it."""
    is_over = state == MessageState.LIVE and expires_at is not None and expires_at <= now
    return MessageState.DELETED.value if is_over else state


def check_message(body: SendMessage) -> None:
    """Raise Invalid unless the message has what its type requires and nothing else (contract, section 4)."""
    _check_content(body)
    if body.type in MEDIA_TYPES:
        if body.attachment is None:
            raise invalid(attachment=f"A message of type {body.type} needs an attachment.")
    elif body.attachment is not None:
        raise invalid(attachment=f"A message of type {body.type} takes no attachment.")
    _check_payload(body)
    if len(set(body.mentions)) != len(body.mentions):
        raise invalid(mentions="Each member once.")


def _check_content(body: SendMessage) -> None:
    content = body.content
    if content is None:
        if body.type in _NEEDS_CONTENT or (body.type == "prayer_card" and body.payload is None):
            raise invalid(content="This field is required.")
        return
    is_caption = body.type in MEDIA_TYPES or body.type == "location"
    if not is_caption and is_blank(content):
        raise invalid(content="Must contain something visible.")
    if "\0" in content:
        raise invalid(content="Must not contain NUL characters.")


def _check_payload(body: SendMessage) -> None:
    shape = PAYLOADS.get(body.type)
    if body.payload is None:
        if shape is not None and body.type != "prayer_card":
            raise invalid(payload="This field is required.")
        return
    if shape is None:
        raise invalid(payload=f"A message of type {body.type} takes no payload.")
    if len(msgspec.json.encode(body.payload)) > PAYLOAD_BYTES:
        raise invalid(payload=f"At most {PAYLOAD_BYTES} bytes.")
    try:
        payload = msgspec.convert(body.payload, shape)
    except msgspec.ValidationError as error:
        ((path, reasons),) = field_errors(str(error)).items()
        raise Invalid(
            errors={"payload" if path == "non_field_errors" else f"payload.{path}": reasons}
        ) from None
    if isinstance(payload, BibleVersePayload) and not is_bible_reference(payload.reference):
        raise Invalid(errors={"payload.reference": ["Not a Bible reference, such as John 3:16."]})


def check_emoji(text: str) -> None:
    """Raise Invalid unless this is one fully-qualified emoji: as keyboards write it, so that equal ones are counted together."""
    from emoji import EMOJI_DATA, STATUS

    known = EMOJI_DATA.get(text)
    if known is None or known["status"] != STATUS["fully_qualified"]:
        raise invalid(emoji="Must be one emoji, fully-qualified.")


_ZERO = re.compile(r"(?<!\d)0+(?!\d)")


def is_bible_reference(text: str) -> bool:
    """A book, chapter and verse that exist, and nothing else; English names."""
    import pythonbible

    # An en dash silently truncates a range in this library.
    plain = text.strip().replace("\u2013", "-").replace("\u2014", "-")
    if not plain[-1:].isdigit() or _ZERO.search(plain):  # which this library takes for a chapter or verse
        return False
    try:
        references = pythonbible.get_references(plain)
        return bool(references) and len(references) == 1 and pythonbible.is_valid_reference(references[0])
    except Exception:  # noqa: BLE001 - the parser's own errors have no common base
        return False
