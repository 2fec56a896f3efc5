"""Prayers of the demo people: two minutes after the clone there is something on the map."""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

from accounts.models import User
from prayermap.lib.acting import acting_as
from prayers.schemas import CreatePrayer, CreateResponse
from prayers.services.prayers import post_prayer
from prayers.services.responses import respond_to_prayer


class DemoResponse(NamedTuple):
    """By whom, and what; empty: "I prayed"."""

    by: str
    content: str = ""


class DemoPrayer(NamedTuple):
    by: str
    prayer: CreatePrayer
    responses: tuple[DemoResponse, ...] = ()


PRAYERS = (
    DemoPrayer(
        "amos@example.com",
        CreatePrayer(
            title="Rain for our fields",
            body="The seed is in the ground and the sky has been empty for six weeks.",
            latitude=-1.2921,
            longitude=36.8219,
            place_name="Nairobi",
        ),
        (DemoResponse("lydia@example.com"), DemoResponse("ruth@example.com", "We are with you, Amos.")),
    ),
    DemoPrayer(
        "lydia@example.com",
        CreatePrayer(
            title="Thanks for new work",
            body="After a year of looking I start on Monday. Thank you to everybody who prayed.",
            kind="thanksgiving",
            latitude=40.9399,
            longitude=24.4129,
            place_name="Kavala",
        ),
        (DemoResponse("amos@example.com"),),
    ),
    DemoPrayer(
        "ruth@example.com",
        CreatePrayer(
            title="Before an operation",
            body="I am afraid, and I don't want those around me to know yet.",
            is_anonymous=True,
            latitude=31.7054,
            longitude=35.2024,
            place_name="Bethlehem",
        ),
    ),
)


def load_demo_prayers(people: Mapping[str, User]) -> None:
    """All of them, for people who have just been made (by address)."""
    for demo in PRAYERS:
        with acting_as(people[demo.by]):
            prayer = post_prayer(body=demo.prayer)
        for response in demo.responses:
            body = CreateResponse(
                kind="text" if response.content else "prayed", content=response.content or None
            )
            with acting_as(people[response.by]):
                respond_to_prayer(prayer_id=prayer.id, body=body)
