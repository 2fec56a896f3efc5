"""What a person reads about a decision."""

from __future__ import annotations

from notifications.enums import Outcome, Reason

_SENTENCES: dict[tuple[str, str], str] = {
    (Outcome.SENT, Reason.DUE): "Sent.",
    (Outcome.SENT, Reason.DIGEST): "Sent in one summary with others.",
    (Outcome.HELD, Reason.ACTIVE): "Held back: active on another device.",
    (Outcome.HELD, Reason.QUIET_HOURS): "Held back: quiet hours.",
    (Outcome.HELD, Reason.COLLAPSED): "Held back: one about the same conversation was sent a moment ago.",
    (Outcome.HELD, Reason.BUDGET): "Held back: this hour's number of pushes is used up.",
    (Outcome.HELD, Reason.RATE_LIMITED): "Held back: the push service asks for patience.",
    (Outcome.HELD, Reason.UNREACHABLE): "Held back: the other side did not answer; tried again.",
    (
        Outcome.HELD,
        Reason.TOO_LARGE,
    ): "Held back: the push service found it too large; sent again without the preview.",
    (Outcome.DROPPED, Reason.PREFERENCE): "Not sent: turned off for this kind.",
    (Outcome.DROPPED, Reason.MUTED): "Not sent: the conversation is muted.",
    (Outcome.DROPPED, Reason.LEVEL): "Not sent: the conversation is set to fewer notifications.",
    (Outcome.DROPPED, Reason.NO_DEVICE): "Not sent: no device is registered for pushes.",
    (Outcome.DROPPED, Reason.READ): "Not sent: read, or taken back, before it left.",
    (Outcome.FAILED, Reason.DEVICE_GONE): "Not delivered: the device is no longer subscribed.",
    (Outcome.FAILED, Reason.TOO_LARGE): "Not delivered: the push service found it too large.",
    (Outcome.FAILED, Reason.REFUSED): "Not delivered: the push service refused it.",
    (Outcome.FAILED, Reason.UNREACHABLE): "Not delivered: the other side did not answer.",
    (Outcome.FAILED, Reason.EXPIRED): "Not delivered: it had become too old.",
    (Outcome.WITHDRAWN, Reason.READ): "Taken back from the devices: read elsewhere, or gone.",
}


def sentence(outcome: str, reason: str) -> str:
    """For people; it may change. Programs go by outcome and reason."""
    return _SENTENCES.get((outcome, reason), f"{outcome}: {reason}".replace("_", " ").capitalize() + ".")
