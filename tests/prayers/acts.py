"""What people do with prayers."""

from typing import Any

from tests.messaging.actors import Actor, Answer
from tests.messaging.lines import owner

BETHLEHEM = {"latitude": 31.7054, "longitude": 35.2024}
NAIROBI = {"latitude": -1.2921, "longitude": 36.8219}


def prayer(**more: Any) -> dict[str, Any]:
    """The body of a prayer."""
    return {"title": "Before an operation", "body": "I am afraid."} | BETHLEHEM | more


def try_pray(person: Actor, **more: Any) -> Answer:
    return person.post("prayers/", prayer(**more))


def pray(person: Actor, **more: Any) -> Any:
    """A new prayer, as its author sees it."""
    return person.ok("POST", "prayers/", prayer(**more))


def respond(person: Actor, prayer_id: str, content: str | None = "With you.", **more: Any) -> Any:
    kind = "text" if content else "prayed"
    return person.ok("POST", f"prayers/{prayer_id}/responses/", {"kind": kind, "content": content} | more)


def try_respond(person: Actor, prayer_id: str, **more: Any) -> Answer:
    return person.post(f"prayers/{prayer_id}/responses/", {"content": "With you."} | more)


def titles(person: Actor, query: str = "") -> list[str]:
    """Titles of the list of prayers, in its order."""
    return [found["title"] for found in person.ok("GET", f"prayers/{query}")["results"]]


def try_open(person: Actor, prayer_id: Any, **more: Any) -> Answer:
    return person.post(f"prayers/{prayer_id}/conversation/", {"content": "Peace to you."} | more)


def open_about(person: Actor, prayer_id: str, content: str = "Peace to you.", **more: Any) -> Any:
    """The conversation with the prayer's author, as who answers sees it."""
    return person.ok("POST", f"prayers/{prayer_id}/conversation/", {"content": content} | more)


def about(person: Actor, prayer_id: str) -> Any:
    """One's only conversation about a prayer."""
    (room,) = person.ok("GET", f"conversations/?prayer={prayer_id}")["results"]
    return room


def lines() -> list[Any]:
    """Memorial lines as the owner of the database finds them."""
    return owner(
        "SELECT *, to_char(created_at, 'YYYY-MM-DD HH24:MI:SS.US') AS begun FROM memorial_connection ORDER BY id"
    )


def update(person: Actor, room: str, *, is_answered: bool = False, **more: Any) -> Answer:
    body = {"content": "It went well.", "is_answered": is_answered} | more
    return person.post(f"conversations/{room}/prayer-update/", body)
