import time
from datetime import timedelta

import pytest
from django.contrib.auth import hashers
from django.utils.timezone import now

from accounts.models import Session
from prayermap.lib import valkey
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db


def sign_in(api, email, password=PASSWORD):
    return api("POST", "auth/token/", {"email": email, "password": password})


def test_sign_in_gives_both_tokens_and_starts_a_session(api):
    user = make_user(email="ruth@example.com")
    answer = sign_in(api, " Ruth@Example.COM ")
    assert answer.status_code == 200
    assert sorted(answer.json()) == ["access", "refresh"]
    session = Session.objects.get()
    assert (session.user_id, session.generation, session.ended_at) == (user.pk, 0, None)
    assert answer.json()["refresh"].encode() not in bytes(session.refresh_digest)
    me = api("GET", "me/", headers={"Authorization": f"Bearer {answer.json()['access']}"})
    assert me.json()["id"] == str(user.pk)


@pytest.fixture
def refused():
    """Everybody who may not sign in, as (address, password)."""
    make_user(email="right@example.com")
    make_user(email="off@example.com", is_active=False)
    make_user(
        email="late@example.com", suspended_until=now() + timedelta(hours=1), suspension_reason_code="spam"
    )
    make_user(email="gone@example.com", banned_at=now(), suspension_reason_code="spam")
    return {
        "wrong password": ("right@example.com", "wrong horse battery"),
        "unknown": ("nobody@example.com", PASSWORD),
        "no address": ("nobody", PASSWORD),
        "suspended": ("late@example.com", PASSWORD),
        "banned": ("gone@example.com", PASSWORD),
        "inactive": ("off@example.com", PASSWORD),
    }


def test_every_refusal_is_the_same_answer(api, refused):
    answers = [sign_in(api, *who) for who in refused.values()]
    assert {answer.content for answer in answers} == {answers[0].content}
    assert {(a.status_code, a["WWW-Authenticate"], a.json()["code"]) for a in answers} == {
        (401, "Bearer", "not_authenticated")
    }
    assert not Session.objects.exists()


def test_every_refusal_costs_one_hash_and_one_query(api, refused, monkeypatch, django_assert_num_queries):
    """The work is counted, since a clock on a busy machine proves nothing."""
    hashed = []
    hasher = type(hashers.get_hasher())
    encode, verify = hasher.encode, hasher.verify
    monkeypatch.setattr(hasher, "encode", lambda self, *a: hashed.append(1) or encode(self, *a))
    monkeypatch.setattr(hasher, "verify", lambda self, *a: hashed.append(1) or verify(self, *a))
    for who in refused.values():
        hashed.clear()
        with django_assert_num_queries(1):
            sign_in(api, *who)
        assert hashed == [1]


def test_refusals_take_about_as_long(api, refused):
    def fastest(who):
        times = []
        for _ in range(2):
            begun = time.perf_counter()
            sign_in(api, *who)
            times.append(time.perf_counter() - begun)
        return min(times)

    taken = {name: fastest(who) for name, who in refused.items()}
    # Without the hash a refusal takes a fiftieth; the rest is what else runs on this machine.
    assert max(taken.values()) < 6 * min(taken.values()), taken


def test_a_suspension_that_ended_lets_in_again(api):
    make_user(
        email="a@example.com", suspended_until=now() - timedelta(seconds=1), suspension_reason_code="spam"
    )
    assert sign_in(api, "a@example.com").status_code == 200


def test_guessing_is_limited_by_address_whether_or_not_it_is_known(api, settings):
    settings.LIMITS = settings.LIMITS | {"sign-in by address": "2/minute"}
    make_user(email="known@example.com")
    for email in ("known@example.com", "KNOWN@example.com", "known@example.com"):
        last = sign_in(api, email, "wrong")
    assert (last.status_code, last.json()["code"]) == (429, "rate_limited")
    assert 1 <= int(last["Retry-After"]) <= 60
    unknown = [sign_in(api, "nobody@example.com", "wrong").status_code for _ in range(3)]
    assert unknown == [401, 401, 429]


def test_the_right_password_takes_the_tries_back(api, settings):
    settings.LIMITS = settings.LIMITS | {"sign-in by address": "3/minute"}
    make_user(email="a@example.com")
    tries = [
        "wrong",
        "wrong",
        PASSWORD,
        "wrong",
        "wrong",
        PASSWORD,
        PASSWORD,
        "wrong",
        "wrong",
        "wrong",
        PASSWORD,
    ]
    statuses = [sign_in(api, "a@example.com", password).status_code for password in tries]
    assert statuses == [401, 401, 200, 401, 401, 200, 200, 401, 401, 401, 429]


def test_guessing_is_limited_by_address_of_the_network(api, settings):
    settings.LIMITS = settings.LIMITS | {"sign-in by ip": "2/minute"}
    assert [sign_in(api, f"{i}@example.com").status_code for i in range(3)] == [401, 401, 429]


def test_a_proxy_in_front_is_not_taken_for_the_client(client, settings):
    settings.LIMITS = settings.LIMITS | {"sign-in by ip": "1/minute"}
    settings.TRUSTED_PROXIES = 1
    body = {"email": "a@example.com", "password": "wrong"}

    def status(forwarded):
        path = "/api/v1/auth/token/"
        headers = {"X-Forwarded-For": forwarded}
        return client.post(path, body, content_type="application/json", headers=headers).status_code

    assert [status("6.6.6.6, 1.1.1.1"), status("6.6.6.6, 2.2.2.2"), status("7.7.7.7, 1.1.1.1")] == [
        401,
        401,
        429,
    ]


def test_no_address_stands_in_valkey_in_clear(api):
    sign_in(api, "secret@example.com")
    keys = [key.decode() for key in valkey.client().scan_iter()]
    assert keys
    assert not [key for key in keys if "secret" in key]
