"""What notifications of prayers are about, as the person who is told may see it."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import UUID

from notifications.enums import Kind
from notifications.models import Notification
from notifications.rules.sources import Preview
from prayers.queries.prayers import visible_prayers

KINDS = (Kind.PRAYER_RESPONSE, Kind.PRAYER_ANSWERED)


def resolve(rows: Sequence[Notification]) -> dict[UUID, Preview]:
    """The prayers' titles, in one statement. Left out: prayers that are gone."""
    titles = dict(visible_prayers().filter(pk__in={row.subject for row in rows}).values_list("pk", "title"))
    return {row.pk: Preview(titles[row.subject]) for row in rows if row.subject in titles}
