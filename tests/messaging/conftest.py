"""Three people, and room for what they have to say."""

from itertools import product

import pytest

from messaging.services import quota
from prayermap.lib.http.views import requests
from tests.messaging.actors import Actor, actor
from tests.messaging.attaching import empty_storage, send_file, upload
from tests.messaging.lines import owner


@pytest.fixture(autouse=True)
def _no_hurry(settings):
    """Tests invite more people a day than new accounts may; the limits have tests of their own."""
    quota._buckets.clear()
    quota._changes.clear()
    settings.INVITATIONS_PER_DAY = settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = settings.LIMITS | {"conversations": "10000/day"}


@pytest.fixture(autouse=True)
def _no_files():
    """Of other tests, either."""
    empty_storage()


@pytest.fixture
def ruth(db) -> Actor:
    return actor("Ruth")


@pytest.fixture
def amos(db) -> Actor:
    return actor("Amos")


@pytest.fixture
def lydia(db) -> Actor:
    return actor("Lydia")


@pytest.fixture
def naomi(db) -> Actor:
    return actor("Naomi")


@pytest.fixture
def rich(ruth, amos, lydia):
    """A room with one of everything that a row can show."""
    room = ruth.group(amos, lydia)
    path = f"conversations/{room}"
    ruth.say(room, "Ä “quoted” text \u2028 with <html> & 🙏" + "x" * 120)
    amos.say(room, "an answer", reply_to=1, mentions=[ruth.member_id(room), lydia.member_id(room)])
    lydia.say(room, "hidden who", is_anonymous=True)
    amos.say(room, "and to you, whoever you are", reply_to=3)
    send_file(amos, room, upload(amos)["id"], content="a picture")
    ruth.ok(
        "POST", f"{path}/messages/",
        {"type": "location", "payload": {"latitude": 31.7, "longitude": 1e-7, "label": "here"}},
    )  # fmt: skip
    ruth.ok(
        "POST", f"{path}/messages/",
        {"type": "bible_verse", "payload": {"reference": "John 3:16"}, "content": "For God so loved"},
    )  # fmt: skip
    for person, emoji in ((amos, "🙏"), (ruth, "🙏"), (lydia, "❤️")):
        person.ok("PUT", f"{path}/messages/1/reactions/{emoji}/")
    ruth.ok("PATCH", f"{path}/messages/1/", {"content": "edited since"})
    ruth.ok("PUT", f"{path}/messages/2/pin/")
    amos.ok("PUT", f"{path}/messages/1/star/")
    amos.ok("DELETE", f"{path}/messages/2/?scope=me")
    amos.say(room, "re one that I have removed", reply_to=2)
    ruth.say(room, "soon gone")
    ruth.ok("DELETE", f"{path}/messages/9/?scope=all")
    amos.say(room, "re one that is gone", reply_to=9)
    ruth.say(room, "taken out of sight")
    owner("UPDATE message SET state = 'hidden' WHERE conversation_id = %s AND seq = 11", room)
    ruth.say(room, "over already")
    owner(
        "UPDATE message SET expires_at = now() - interval '1 s' WHERE conversation_id = %s AND seq = 12", room
    )
    ruth.say(room, "not over yet")
    owner(
        "UPDATE message SET expires_at = now() + interval '1 h' WHERE conversation_id = %s AND seq = 13", room
    )
    owner("UPDATE message SET created_at = date_trunc('second', created_at) WHERE seq = 2")
    return room


@pytest.fixture
def old_months():
    """October and November of 2025, which other tests expect not to be there."""
    parts = ("message", "delivery_status", "message_revision", "reaction")
    for first, parent in product(("2025-10-01", "2025-11-01"), parts):
        owner("SELECT create_message_part(%s, %s::date)", parent, first)
    yield
    for month, parent in product(("2025_10", "2025_11"), parts):
        owner(f"DROP TABLE {parent}_{month}")


@pytest.fixture
def full_buckets():
    """Nobody has asked for anything yet."""
    requests.clear()
    yield
    requests.clear()
