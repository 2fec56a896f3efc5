"""What tests of the outbox ask again and again."""

from datetime import UTC, datetime, timedelta

from messaging.outbox import Tally, send_due
from tests.messaging.actors import new_id
from tests.messaging.lines import owner


def item(room, content="hello", **more):
    return {"conversation": room, "client_id": new_id(), "type": "text", "content": content} | more


def queue(person, *items, device="phone"):
    return person.post("queue/", {"device_id": device, "items": list(items)})


def queued(person, *items, device="phone"):
    """The same for what must be taken; the items as answered."""
    answer = queue(person, *items, device=device)
    assert answer.status in (200, 201), answer.body
    return answer.body["items"]


def work() -> dict[str, int]:
    """A worker until nothing is due: {sent, failed, postponed}."""
    tally = Tally()
    while send_due(tally, lambda: False):
        pass
    return {"sent": tally.sent, "failed": tally.failed, "postponed": tally.postponed}


def outbox(person, query=""):
    return person.ok("GET", f"queue/{query}")["results"]


def states(person):
    """[(content, state, error_code)], oldest first."""
    return [(row["content"], row["state"], row["error_code"]) for row in outbox(person)]


def texts(person, room):
    """Texts of a conversation, oldest first."""
    rows = person.ok("GET", f"conversations/{room}/messages/?after=0&limit=100")["results"]
    return [row.get("content") for row in rows]


def later(**delta):
    return (datetime.now(UTC) + timedelta(**delta)).isoformat()


def make_due(id_=None):
    """As if the time until the next try had passed, for one item or for all."""
    owner(
        "UPDATE message_queue SET next_attempt_at = now() - interval '1 second' WHERE finished_at IS NULL"
        " AND (id = %s OR %s::text IS NULL)",
        id_,
        id_,
    )
