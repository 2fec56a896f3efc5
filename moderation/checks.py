"""The server refuses to start where what it should notice or let go is misspelt: nothing would be done, unknown to all."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured

from moderation.enums import Signal
from moderation.services.ageing import policy
from moderation.services.archiving import MIN_DAYS
from moderation.signals.phrases import own_phrases


@register(Tags.security)
def signals_are_known(**_: Any) -> list[CheckMessage]:
    """Names of signals that there are, and a file of phrases that can be read."""
    unknown = sorted({*settings.SIGNALS, *settings.SIGNALS_ALONE} - set(Signal.values))
    found: list[CheckMessage] = []
    if unknown:
        names = ", ".join(Signal.values)
        found.append(
            Error(f"No such signals: {', '.join(unknown)}; there are {names}.", id="moderation.E001")
        )
    if settings.SIGNAL_PHRASES:
        try:
            own_phrases(settings.SIGNAL_PHRASES)
        except OSError as error:
            found.append(
                Error(f"SIGNAL_PHRASES can't be read: {type(error).__name__}.", id="moderation.E002")
            )
        except ValueError as error:
            found.append(Error(str(error), id="moderation.E002"))
    return found


@register(Tags.security)
def archive_is_old_enough(**_: Any) -> list[CheckMessage]:
    """A younger month may still be written to."""
    days = settings.ARCHIVE_AFTER_DAYS
    if days and days < MIN_DAYS:
        return [Error(f"ARCHIVE_AFTER_DAYS: 0, or at least {MIN_DAYS}.", id="moderation.E004")]
    return []


@register(Tags.security)
def retention_is_known(**_: Any) -> list[CheckMessage]:
    """Kinds of conversation that there are, and days enough."""
    try:
        policy()
    except ImproperlyConfigured as error:
        return [Error(str(error), id="moderation.E003")]
    return []
