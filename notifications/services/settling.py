"""What the push services answered: gone devices go, patience is had, and what was sent is remembered."""

from __future__ import annotations

import random
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db import transaction
from django.db.models import F, QuerySet

from notifications.enums import Channel, Outcome, Reason
from notifications.models import Notification, PushAction, PushDelivery, PushDevice
from notifications.rules.judging import Verdict
from notifications.rules.sources import by_source
from notifications.services.egress import Answer
from notifications.services.recording import Decision, record

TRIES = 8
_BACKOFF_S, _BACKOFF_AT_MOST_S = 30, 3_600
_PATIENCE_AT_MOST_S = 24 * 3_600
#: A push that has waited for so long is no news any more.
EXPIRES = timedelta(days=1)
#: So many refusals in a row, and the subscription counts as gone.
REFUSALS = 10
_AGAIN = frozenset({0, 408, 425, 429})


class Sent(NamedTuple):
    """A delivery that was posted, and the answer. `row` None: a summary."""

    delivery: PushDelivery
    device: PushDevice | None
    row: Notification | None
    answer: Answer


def settle(sent: Sequence[Sent], unwanted: Sequence[PushDelivery], *, now: datetime) -> None:
    """Settle a claimed batch. What was replaced in the outbox meanwhile stays there."""
    arrived = [one.row for one in sent if one.row and _is_success(one.answer) and _is_show(one)]
    for source, own in by_source(arrived):
        source.open_again_for_all(own)  # in a transaction of its own: it locks the rows of members
    with transaction.atomic(using="owner"):
        decisions: list[Decision] = []
        for one in sent:
            verdict = _settle_one(one, now)
            if one.row is not None and verdict is not None:
                decisions.append(Decision(one.row, Channel.PUSH, verdict))
        for delivery in unwanted:
            _own(delivery).delete()
        record(decisions, now)


def _settle_one(one: Sent, now: datetime) -> Verdict | None:
    """The verdict to remember; None where it has been told before: a withdrawal, when it was decided."""
    answer, device = one.answer, one.device
    assert device is not None
    if _is_success(answer):
        _own(one.delivery).delete()
        _device(device).update(last_success_at=now, failures=0)
        return Verdict(Outcome.SENT, Reason.DUE) if _is_show(one) else None
    if answer.status in (404, 410) or answer.is_refused:
        PushDelivery.objects.using("owner").filter(device_id=device.pk).delete()
        _device(device).delete()
        return Verdict(Outcome.FAILED, Reason.REFUSED if answer.is_refused else Reason.DEVICE_GONE)
    if answer.status == 413:
        return _too_large(one, now)
    if answer.status in _AGAIN or answer.status >= 500:
        return _try_again(one, now)
    _own(one.delivery).delete()
    _device(device).update(failures=F("failures") + 1)
    _device(device).filter(failures__gte=REFUSALS).delete()
    return Verdict(Outcome.FAILED, Reason.REFUSED)


def _too_large(one: Sent, now: datetime) -> Verdict:
    """Once more without the preview; if it had none, it is given up."""
    if one.delivery.is_plain:
        _own(one.delivery).delete()
        return Verdict(Outcome.FAILED, Reason.TOO_LARGE)
    _own(one.delivery).update(is_plain=True, claimed_until=None)
    return Verdict(Outcome.HELD, Reason.TOO_LARGE, now)


def _try_again(one: Sent, now: datetime) -> Verdict:
    delivery, is_patience = one.delivery, one.answer.status == 429
    if delivery.tries + 1 >= TRIES or delivery.created_at + EXPIRES < now:
        _own(delivery).delete()
        is_old = delivery.created_at + EXPIRES < now
        return Verdict(Outcome.FAILED, Reason.EXPIRED if is_old else Reason.UNREACHABLE)
    due = now + _pause(delivery.tries, one.answer.retry_after_s)
    _own(delivery).update(due_at=due, claimed_until=None, tries=F("tries") + 1)
    if is_patience:  # what else waits for this device waits as long
        others = PushDelivery.objects.using("owner").filter(device_id=delivery.device_id, due_at__lt=due)
        others.update(due_at=due)
    return Verdict(Outcome.HELD, Reason.RATE_LIMITED if is_patience else Reason.UNREACHABLE, due)


def _pause(tries: int, asked_s: float | None) -> timedelta:
    """As long as was asked for, and never less than our own back-off; spread, so that not all come back at once."""
    spread = random.uniform(1.0, 1.5)  # noqa: S311 - spreads load, guards nothing
    own_s = min(_BACKOFF_S * 2 ** min(tries, 10), _BACKOFF_AT_MOST_S) * spread
    return timedelta(seconds=max(own_s, min(asked_s or 0, _PATIENCE_AT_MOST_S)))


def _own(delivery: PushDelivery) -> QuerySet[PushDelivery]:
    """The row, unless something newer has taken its place."""
    return PushDelivery.objects.using("owner").filter(
        device_id=delivery.device_id,
        notification_id=delivery.notification_id,
        claimed_until=delivery.claimed_until,
    )


def _device(device: PushDevice) -> QuerySet[PushDevice]:
    return PushDevice.objects.using("owner").filter(pk=device.pk)


def _is_success(answer: Answer) -> bool:
    return 200 <= answer.status < 300


def _is_show(one: Sent) -> bool:
    return one.delivery.action == PushAction.SHOW
