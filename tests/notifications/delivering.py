"""What the worker does, at a time of the test's choosing."""

from datetime import datetime, timedelta
from typing import Any

from notifications.services.mailing import send_mails
from notifications.services.pushing import send_pushes
from notifications.services.routing import route_due
from prayermap.lib.times import utc_now
from tests.messaging.actors import Actor
from tests.messaging.lines import owner
from tests.notifications.browser import Browser
from tests.notifications.push_service import Push, PushService

#: A notification is held so long before anybody is disturbed.
HOLD_S = 11


def later(seconds: float = HOLD_S) -> datetime:
    return utc_now() + timedelta(seconds=seconds)


def deliver(at: datetime | None = None) -> None:
    """Rounds, until nothing is due at that time."""
    now = at or later()
    while route_due(now=now) + send_pushes(now=now) + send_mails(now=now):
        pass


def subscribe(person: Actor, service: PushService, path: str = "", **more: Any) -> Browser:
    """A new browser of this person, registered."""
    browser = Browser(service.url(path or f"/{person.name.lower()}"))
    person.ok("POST", "devices/", browser.subscription | more)
    return browser


def opened(browser: Browser, pushes: list[Push]) -> list[dict[str, Any]]:
    return [browser.opened(push.body) for push in pushes]


def why(person: Actor, query: str = "") -> list[tuple[str, str, str]]:
    """(channel, outcome, reason), newest first."""
    rows = person.ok("GET", f"notifications/why/{query}")["results"]
    return [(row["channel"], row["outcome"], row["reason"]) for row in rows]


def waiting() -> int:
    """Pushes in the outbox."""
    return owner("SELECT count(*) AS n FROM push_delivery")[0].n


def options(person: Actor, **changes: Any) -> Any:
    return person.ok("PATCH", "notifications/preferences/", changes)
