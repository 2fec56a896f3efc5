"""The loop that sends what is due in the outboxes: of the background worker and of `process_queue`.

Any number may run at once and be killed at any moment. Each message is a transaction of its own.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import msgspec

from messaging.services.queue_sending import (
    Claimed,
    NotHeld,
    claim_queued,
    give_back,
    send_queued,
    settle_queued,
)
from messaging.services.quota import take_message
from prayermap.lib.acting import acting_as_writer
from prayermap.lib.errors import ApiError
from prayermap.lib.http.problems import as_api_error

logger = logging.getLogger(__name__)

Stop = Callable[[], bool]


class Tally(msgspec.Struct):
    """What a run has done."""

    sent: int = 0
    #: Failed for good.
    failed: int = 0
    #: Tried again later.
    postponed: int = 0


def send_due(tally: Tally, stop: Stop) -> bool:
    """Claim once what is due and send it, until `stop()`; False when nothing was due. Counts into `tally`."""
    with acting_as_writer():
        lanes = claim_queued()
    for lane in lanes:
        _send_lane(lane, tally, stop)
    return bool(lanes)


def _send_lane(lane: list[Claimed], tally: Tally, stop: Stop) -> None:
    """One device's messages in their order: the first that is not sent, unless for good, stops those behind it."""
    for item in lane:
        if stop():
            with acting_as_writer():
                give_back(item=item)
            return
        try:
            _send(item)
            tally.sent += 1
        except NotHeld:
            return
        except ApiError as error:
            if not _settle(item, error, tally):
                return


def _send(item: Claimed) -> None:
    """Raises NotHeld, or ApiError also for a fault of ours, which is logged."""
    take_message(item.user_id)
    try:
        with acting_as_writer():
            send_queued(item=item)
    except (NotHeld, ApiError):
        raise
    except Exception as error:  # noqa: BLE001 - told to the queue, and logged
        known = as_api_error(error)
        if known is None:  # its message could repeat the text
            logger.error("a queued message could not be sent: %s", type(error).__name__)  # noqa: TRY400
        raise known or ApiError() from None


def _settle(item: Claimed, error: ApiError, tally: Tally) -> bool:
    """Whether the next one may be sent."""
    with acting_as_writer():
        state = settle_queued(item=item, error=error)
    if state == "failed":
        tally.failed += 1
    elif state == "pending":
        tally.postponed += 1
    return state == "failed"
