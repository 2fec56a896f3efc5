"""Erase what somebody prayed and answered: background work as the owner, inside small transactions of the caller's."""

from __future__ import annotations

from uuid import UUID

from prayermap.lib.db import call_scalar
from prayers.events import publish_map
from prayers.models import PrayerResponse

#: What stands in the place of a prayer's words where others' words stand below; erased_text() says the same.
ERASED = "[erased]"
OWNER = "owner"


def erase_prayers(ids: list[UUID]) -> int:
    """These prayers of one person; how many. Those under which somebody else wrote stay, without a word and a place."""
    publish_map(prayers=ids, has_left=True, using=OWNER)
    return int(call_scalar("erase_prayers", ids, types="uuid[]", using=OWNER))


def erase_responses(ids: list[UUID]) -> int:
    """These responses; how many. Their prayers count anew."""
    below = PrayerResponse.objects.using(OWNER).filter(pk__in=ids).values_list("prayer_id", flat=True)
    publish_map(prayers=below.order_by("prayer_id").distinct(), using=OWNER)
    return int(call_scalar("erase_responses", ids, types="uuid[]", using=OWNER))


def erase_line_ends(ids: list[UUID]) -> int:
    """These memorial lines lose the place that their responder shared; how many."""
    publish_map(lines=ids, has_left=True, using=OWNER)
    return int(call_scalar("erase_line_ends", ids, types="uuid[]", using=OWNER))
