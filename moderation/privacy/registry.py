"""Every table: what it holds of a person, or why it holds nothing. A test compares it with the database, column by column."""

from __future__ import annotations

from moderation.privacy.tables import accounts, libraries, messaging, moderation, notifications, prayers
from moderation.privacy.traces import Trace

_APPS = (accounts, moderation, messaging, prayers, notifications, libraries)

#: In the order of an erasure: the account first, so that everything others are told from then on names nobody; then
#: what was sealed of messages, before these lose their author.
TRACES: tuple[Trace, ...] = tuple(trace for app in _APPS for trace in app.TRACES)

#: Tables without personal data, each with the reason.
IMPERSONAL: dict[str, str] = {table: why for app in _APPS for table, why in app.IMPERSONAL.items()}
