"""Write pushes: what they say, sealed for the device, signed by the server."""

from __future__ import annotations

import base64
import hmac
from collections.abc import Sequence
from hashlib import sha256
from typing import NamedTuple
from uuid import UUID

import msgspec
from django.conf import settings
from pywebpush import WebPusher

from notifications.enums import Kind
from notifications.models import Notification, NotificationSettings, PushAction, PushDelivery, PushDevice
from notifications.queries.inbox import as_notifications, unread_count
from notifications.schemas import push as payloads
from notifications.schemas.inbox import Notification as NotificationShape
from notifications.services import vapid
from notifications.services.egress import Post
from prayermap.lib.acting import acting_as

TTL_S = 24 * 3_600
#: What is sealed is filled up to a multiple of this, so that its length says nothing of a preview.
_PADDED = 512
_TOPIC_CHARS = 32
_URGENT = frozenset({Kind.MESSAGE_RECEIVED.value, Kind.MENTION.value})

Item = tuple[PushDelivery, PushDevice, Notification | None]


class _Person(NamedTuple):
    """What one person may know at this moment."""

    unread_count: int
    shown: dict[UUID, NotificationShape]


def write_posts(items: Sequence[Item]) -> list[Post]:
    """One for each, in their order. Reads as each person, with their rights; previews for those who want them."""
    wishing = set(
        NotificationSettings.objects.using("owner")
        .filter(user_id__in={device.user_id for _, device, _ in items}, previews=True)
        .values_list("user_id", flat=True)
    )
    people: dict[UUID, _Person] = {}
    for user_id in {device.user_id for _, device, _ in items}:
        own = [
            row
            for delivery, device, row in items
            if device.user_id == user_id and row and not delivery.is_plain
        ]
        people[user_id] = _person(user_id, own if user_id in wishing else [])
    return [_post(item, people[item[1].user_id]) for item in items]


def topic_of(device_id: UUID, subject: UUID) -> str:
    """The collapse key: the same for one device and conversation, and for a push service without any meaning: equal
    keys of two people would tell it that they talk to each other.
    """
    key = hmac.new(
        settings.SECRET_KEY.encode(), b"push topic" + device_id.bytes + subject.bytes, sha256
    ).digest()
    return base64.urlsafe_b64encode(key).decode()[:_TOPIC_CHARS]


def _person(user_id: UUID, rows: Sequence[Notification]) -> _Person:
    with acting_as(user_id):
        shown = as_notifications(list({row.pk: row for row in rows}.values()))
        return _Person(unread_count(), {one.id: one for one in shown})


def _post(item: Item, person: _Person) -> Post:
    delivery, device, row = item
    payload = _payload(delivery, row, person)
    topic = topic_of(device.pk, row.subject if row else UUID(int=0))
    is_urgent = row is not None and row.kind in _URGENT and delivery.action == PushAction.SHOW
    headers = {
        **vapid.headers_for(device.endpoint),
        "TTL": str(TTL_S),
        "Topic": topic,
        "Urgency": "high" if is_urgent else "normal",
        "Content-Encoding": "aes128gcm",
        "Content-Type": "application/octet-stream",
    }
    return Post(device.endpoint, headers, _sealed(device, msgspec.json.encode(payload)))


def _payload(delivery: PushDelivery, row: Notification | None, person: _Person) -> payloads.PushPayload:
    if row is None:
        return payloads.Summary(person.unread_count)
    tag = str(row.subject)
    if delivery.action == PushAction.WITHDRAW:
        return payloads.Withdraw(person.unread_count, id=row.pk, tag=tag)
    show = payloads.Show(
        person.unread_count,
        id=row.pk,
        kind=row.kind,  # type: ignore[arg-type]  # a constraint keeps it one of them
        conversation=row.conversation_id,
        tag=tag,
    )
    known = person.shown.get(row.pk)
    if known is not None and known.title is not None:
        show.title, show.sender_name, show.preview = known.title, known.sender_name, known.preview
    return show


def _sealed(device: PushDevice, raw: bytes) -> bytes:
    padded = raw.ljust(-(-len(raw) // _PADDED) * _PADDED)
    subscription = {"endpoint": device.endpoint, "keys": {"p256dh": device.p256dh, "auth": device.auth}}
    return bytes(WebPusher(subscription).encode(padded)["body"])
