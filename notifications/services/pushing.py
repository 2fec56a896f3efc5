"""The second step of delivery: post what is in the outbox to push services.

A delivery is claimed and committed first, sent outside of any transaction, and settled afterwards. A worker that is
killed in between leaves a claim that runs out; the push is sent once more then, and takes the place of the first at the
push service, whose `Topic` it bears.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Q

from notifications.models import Notification, PushAction, PushDelivery, PushDevice
from notifications.services import vapid
from notifications.services.egress import post_all
from notifications.services.people import live_devices
from notifications.services.settling import Sent, settle
from notifications.services.writing import write_posts

logger = logging.getLogger(__name__)
AT_ONCE = 32
#: Longer than the deadlines of a whole batch.
CLAIM = timedelta(seconds=60)


class Job(NamedTuple):
    """A claimed delivery with what it needs; None for a device that is gone, or for a summary."""

    delivery: PushDelivery
    device: PushDevice | None
    row: Notification | None


def send_pushes(*, now: datetime) -> int:
    """Send up to 32 that are due; how many were taken. As the owner, by any number of workers at once."""
    try:
        vapid.application_server_key()
    except vapid.NoKey:
        return 0
    deliveries = _claim(now)
    if not deliveries:
        return 0
    jobs = _jobs(deliveries, now)
    wanted = [job for job in jobs if _is_wanted(job)]
    posts = write_posts([(job.delivery, job.device, job.row) for job in wanted if job.device is not None])
    answers = post_all(posts, to_loopback=settings.PUSH_TO_LOOPBACK)
    sent = [Sent(*job, answer) for job, answer in zip(wanted, answers, strict=True)]
    settle(sent, [job.delivery for job in jobs if job not in wanted], now=now)
    return len(deliveries)


def _claim(now: datetime) -> list[PushDelivery]:
    with transaction.atomic(using="owner"):
        free = Q(claimed_until=None) | Q(claimed_until__lt=now)
        rows = list(
            PushDelivery.objects.using("owner")
            .filter(free, due_at__lte=now)
            .order_by("due_at")
            .select_for_update(skip_locked=True)[:AT_ONCE]
        )
        for row in rows:
            row.claimed_until = now + CLAIM
        if rows:
            PushDelivery.objects.using("owner").bulk_update(rows, ["claimed_until"])
    return rows


def _jobs(deliveries: Sequence[PushDelivery], now: datetime) -> list[Job]:
    known = PushDevice.objects.using("owner").filter(pk__in={row.device_id for row in deliveries})
    devices: dict[UUID, PushDevice] = {device.pk: device for device in live_devices(known, now)}
    rows = Notification.objects.using("owner").in_bulk({row.notification_id for row in deliveries})
    return [Job(row, devices.get(row.device_id), rows.get(row.notification_id)) for row in deliveries]


def _is_wanted(job: Job) -> bool:
    """The device is still there, and what it would be told still holds."""
    if job.device is None:
        return False
    if job.delivery.action == PushAction.SUMMARY:
        return True
    if job.row is None:
        return False
    return (job.row.read_at is None) == (job.delivery.action == PushAction.SHOW)
