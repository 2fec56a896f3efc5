from datetime import timedelta
from uuid import uuid4

import jwt
import pytest
import time_machine
from django.test import Client
from django.utils.timezone import now

from accounts import tokens
from accounts.authentication import session_for_access_token
from accounts.models import Session
from accounts.queries import live_sessions, session_by_id
from prayermap.lib.errors import NotAuthenticated
from tests.factories import PASSWORD, bearer, make_user

pytestmark = pytest.mark.django_db


def status(api, authorization):
    return api("GET", "me/", headers={"Authorization": authorization}).status_code


def test_authentication_takes_one_query(api, django_assert_num_queries):
    headers = bearer(make_user())
    with django_assert_num_queries(1):
        assert api("GET", "me/", headers=headers).status_code == 200


def test_no_sign_in_is_401_with_the_scheme(api):
    answer = api("GET", "me/")
    assert (answer.status_code, answer["WWW-Authenticate"]) == (401, "Bearer")
    assert answer["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "not_authenticated"


@pytest.mark.parametrize(
    "value", ["Bearer", "Bearer ", "Bearer x.y.z", "Basic cnV0aDpydXRo", "Bearer " + "x" * 5000]
)
def test_a_header_that_proves_nothing_is_401(api, value):
    assert status(api, value) == 401


def test_tokens_of_others_keys_algorithms_and_shapes_are_401(api):
    user = make_user()
    good = bearer(user)["Authorization"].removeprefix("Bearer ")
    claims = jwt.decode(good, options={"verify_signature": False})
    key = tokens._keys("access")[0]
    forged = [
        jwt.encode(claims, "x" * 32, algorithm="HS256"),
        jwt.encode(claims, tokens._keys("refresh")[0], algorithm="HS256"),
        jwt.encode(claims, key + b"x" * 32, algorithm="HS512"),
        jwt.encode(claims, None, algorithm="none"),
        jwt.encode(claims | {"sid": "nonsense"}, key, algorithm="HS256"),
        jwt.encode(claims | {"sid": str(uuid4())}, key, algorithm="HS256"),
        jwt.encode(claims | {"sub": str(make_user().pk)}, key, algorithm="HS256"),
        jwt.encode(claims | {"exp": 1}, key, algorithm="HS256"),
        jwt.encode({k: v for k, v in claims.items() if k != "exp"}, key, algorithm="HS256"),
        jwt.encode(claims | {"sub": 7}, key, algorithm="HS256"),
    ]
    assert status(api, f"Bearer {good}") == 200
    assert [status(api, f"Bearer {token}") for token in forged] == [401] * len(forged)


@pytest.mark.parametrize(
    "state",
    [
        {"is_active": False},
        {"banned_at": now(), "suspension_reason_code": "spam"},
        {"suspended_until": now() + timedelta(days=1), "suspension_reason_code": "spam"},
    ],
)
def test_who_may_not_enter_is_401_at_once(api, state):
    user = make_user()
    headers = bearer(user)
    for name, value in state.items():
        setattr(user, name, value)
    user.save()
    assert api("GET", "me/", headers=headers).status_code == 401
    session = Session.objects.get()
    assert (live_sessions([session.pk]), session_by_id(session.pk)) == (set(), None)


def test_the_handshake_gets_the_session_or_a_refusal(django_assert_num_queries):
    user = make_user()
    token = bearer(user)["Authorization"].removeprefix("Bearer ")
    with django_assert_num_queries(1):
        session = session_for_access_token(token)
        assert session.user == user
    with pytest.raises(NotAuthenticated):
        session_for_access_token("nonsense")


def test_who_asks_is_what_the_models_would_read(django_assert_num_queries):
    """Every column of both, so that nothing is read later, by a role that may not."""
    user = make_user("Ruth", suspended_until=now() - timedelta(days=1), suspension_reason_code="spam")
    bearer(user)
    expected = Session.objects.select_related("user").get()
    with django_assert_num_queries(1):
        found = session_by_id(expected.pk)
        assert columns(found) == columns(expected)
        assert columns(found.user) == columns(expected.user)
        assert found.user.pk == found.user_id
    assert (found._state.db, found._state.adding) == ("default", False)
    found.user.save()
    found.save()


def columns(row):
    return {field.attname: getattr(row, field.attname) for field in row._meta.concrete_fields}


@pytest.mark.parametrize(
    "change",
    [
        {"ended_at": now(), "end_reason": "revoked"},
        {"created_at": now() - timedelta(days=2), "expires_at": now() - timedelta(days=1)},
    ],
)
def test_a_session_that_is_over_is_nobodys(api, change):
    headers = bearer(make_user())
    Session.objects.update(**change)
    assert session_by_id(Session.objects.get().pk) is None
    assert api("GET", "me/", headers=headers).status_code == 401


@pytest.mark.parametrize("number", [1, 3])
def test_live_sessions_are_found_in_one_query(number, django_assert_num_queries):
    for _ in range(number):
        bearer(make_user())
    ids = set(Session.objects.values_list("pk", flat=True))
    dead = Session.objects.create(user=make_user(), expires_at=now() + timedelta(days=1))
    Session.objects.filter(pk=dead.pk).update(ended_at=now(), end_reason="revoked")
    with django_assert_num_queries(1):
        assert live_sessions([*ids, dead.pk, uuid4()]) == ids


def browser(user) -> Client:
    client = Client(enforce_csrf_checks=True)
    client.force_login(user)
    return client


def test_a_browser_session_reads_and_writes_with_csrf():
    client = browser(make_user("Ruth"))
    assert client.get("/api/v1/me/").json()["display_name"] == "Ruth"
    patch = {"path": "/api/v1/me/", "data": {"display_name": "Naomi"}, "content_type": "application/json"}
    refused = client.patch(**patch)
    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")
    client.get("/accounts/login/")
    client.cookies["csrftoken"] = "t" * 32
    assert client.patch(**patch, headers={"X-CSRFToken": "t" * 32}).json()["display_name"] == "Naomi"


def test_a_browser_session_is_a_session_like_others(api):
    user = make_user()
    client = browser(user)
    session = Session.objects.get()
    assert (session.user_id, session.refresh_digest) == (user.pk, None)
    Session.objects.update(ended_at=now(), end_reason="revoked")
    assert client.get("/api/v1/me/").status_code == 401


def test_signing_in_again_goes_on_with_the_same_session():
    user = make_user()
    client = browser(user)
    client.force_login(user)
    assert Session.objects.count() == 1
    client.force_login(make_user())
    assert Session.objects.count() == 2


def test_a_server_whose_clock_is_behind_accepts_the_token(api):
    headers = bearer(make_user())
    with time_machine.travel(now() - timedelta(seconds=5)):
        assert api("GET", "me/", headers=headers).status_code == 200


def test_a_browser_of_a_suspended_person_is_401():
    user = make_user()
    client = browser(user)
    user.suspended_until, user.suspension_reason_code = now() + timedelta(days=1), "spam"
    user.save()
    assert client.get("/api/v1/me/").status_code == 401


def test_signing_out_of_a_browser_ends_its_session():
    client = browser(make_user())
    client.logout()
    assert Session.objects.get().end_reason == "signed_out"


def test_browsers_sign_in_on_a_page(client):
    make_user(email="ruth@example.com")
    page = client.get("/accounts/login/")
    assert page.status_code == 200
    done = client.post("/accounts/login/", {"login": "ruth@example.com", "password": PASSWORD})
    assert done.status_code == 302
    assert client.get("/api/v1/me/").status_code == 200


def test_the_pages_make_no_accounts(client):
    body = {"email": "a@example.com", "password1": PASSWORD, "password2": PASSWORD}
    client.post("/accounts/signup/", body)
    assert not Session.objects.exists()
    assert client.get("/api/v1/me/").status_code == 401
