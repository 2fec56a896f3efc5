"""What people find in their inboxes, and what the tables hold."""

from typing import Any

from tests.messaging.actors import Actor
from tests.messaging.lines import owner


def inbox(person: Actor, query: str = "") -> list[dict[str, Any]]:
    return person.ok("GET", f"notifications/{query}")["results"]


def kinds(person: Actor) -> list[str]:
    """Of what is unread, in alphabetical order."""
    return sorted(row["kind"] for row in inbox(person, "?unread=true"))


def unread(person: Actor) -> int:
    return person.ok("GET", "notifications/unread-count/")["unread_count"]


def one(person: Actor, kind: str) -> dict[str, Any]:
    """The single notification of this kind."""
    (row,) = [row for row in inbox(person) if row["kind"] == kind]
    return row


def reads(person: Actor, room: str, seq: int) -> None:
    person.ok("POST", f"conversations/{room}/receipts/", {"read": seq})


def wants(person: Actor, kind: str, *, in_app: bool = True, push: bool = False, email: bool = False) -> None:
    """A preference, past the interface."""
    owner(
        "INSERT INTO notification_preference (user_id, kind, in_app, push, email) VALUES (%s, %s, %s, %s, %s)"
        " ON CONFLICT (user_id, kind) DO UPDATE SET in_app = EXCLUDED.in_app, push = EXCLUDED.push, email = EXCLUDED.email",
        person.id, kind, in_app, push, email,
    )  # fmt: skip


def rows(person: Actor) -> list[Any]:
    return owner("SELECT * FROM notification WHERE user_id = %s ORDER BY kind", person.id)


def is_notified(person: Actor, room: str) -> bool:
    (row,) = owner(
        "SELECT is_notified FROM participant WHERE user_id = %s AND conversation_id = %s", person.id, room
    )
    return bool(row.is_notified)
