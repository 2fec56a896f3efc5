from hashlib import sha256
from uuid import uuid4

import msgspec
import pytest
import redis
from django.test import Client

from accounts.models import Session
from accounts.services.tickets import Ticket, take_ticket, take_ticket_async
from prayermap.lib import valkey as connections
from prayermap.lib.errors import Unavailable
from tests.factories import bearer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def issue(api):
    headers = bearer(make_user())
    return lambda body=None: api("POST", "ws/ticket/", body, headers=headers)


def test_a_ticket_is_worth_one_use(issue):
    answer = issue({"device_id": "phone"})
    ticket = answer.json()["ticket"]
    assert (answer.status_code, answer.json()) == (200, {"ticket": ticket, "expires_in": 30})
    session = Session.objects.get()
    assert take_ticket(token=ticket) == Ticket(session.user_id, session.pk, "phone")
    assert take_ticket(token=ticket) is None


def test_a_ticket_needs_no_body_and_ends_after_30_s(issue, valkey):
    issue()
    (key,) = list(valkey.scan_iter("ticket:*"))
    assert 28 <= valkey.ttl(key) <= 30


def test_valkey_holds_nothing_that_opens_a_socket(issue, valkey):
    ticket = issue().json()["ticket"]
    (key,) = list(valkey.scan_iter("ticket:*"))
    assert ticket.encode() not in key + valkey.get(key)


@pytest.mark.parametrize("token", ["", "x", "x" * 500, "\x00", "\udc80", "ticket:*"])
def test_what_was_never_issued_is_none(servers, token):
    assert take_ticket(token=token) is None


@pytest.mark.django_db(transaction=True)
async def test_the_event_loop_takes_tickets_too(valkey):
    key = f"ticket:{sha256(b'secret').hexdigest()}"
    ticket = Ticket(uuid4(), uuid4(), "phone")
    valkey.set(key, msgspec.msgpack.encode(ticket))
    assert [await take_ticket_async(token=token) for token in ("secret", "secret", "x" * 500)] == [
        ticket,
        None,
        None,
    ]
    await connections.async_client().aclose()


def test_tickets_are_limited_to_ten_a_minute(issue):
    answers = [issue() for _ in range(11)]
    assert [a.status_code for a in answers] == [200] * 10 + [429]
    assert 1 <= int(answers[-1]["Retry-After"]) <= 60


def test_a_browser_gets_tickets_too():
    client = Client()
    client.force_login(make_user())
    ticket = client.post("/api/v1/ws/ticket/", {}, content_type="application/json").json()["ticket"]
    assert take_ticket(token=ticket).session == Session.objects.get().pk


def test_without_valkey_it_is_unavailable(issue, settings):
    nowhere = redis.Redis.from_url("redis://127.0.0.1:1/0")
    connections.client.cache_clear()
    settings.REDIS_URL = "redis://127.0.0.1:1/0"
    try:
        answer = issue()
        with pytest.raises(Unavailable):
            take_ticket(token="x")
    finally:
        connections.client.cache_clear()
        nowhere.close()
    assert (answer.status_code, answer.json()["code"], answer["Retry-After"]) == (503, "unavailable", "1")


@pytest.mark.parametrize("device_id", ["x" * 65, 7, None])
def test_a_device_id_is_text_of_64_characters(issue, device_id):
    assert list(issue({"device_id": device_id}).json()["errors"]) == ["device_id"]
