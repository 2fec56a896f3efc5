from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from accounts import tokens
from accounts.models import Session
from prayermap.lib.news import SessionEnded
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)
START = datetime(2026, 11, 24, 12, tzinfo=UTC)


@pytest.fixture
def pair(api):
    make_user("Ruth", email="ruth@example.com")
    with time_machine.travel(START, tick=False):
        return api("POST", "auth/token/", {"email": "ruth@example.com", "password": PASSWORD}).json()


def refresh(api, token, *, after):
    with time_machine.travel(START + timedelta(seconds=after), tick=False):
        return api("POST", "auth/token/refresh/", {"refresh": token})


def me(api, access, *, after):
    with time_machine.travel(START + timedelta(seconds=after), tick=False):
        return api("GET", "me/", headers={"Authorization": f"Bearer {access}"}).status_code


def test_each_refresh_gives_a_new_pair_of_the_same_session(api, pair):
    second = refresh(api, pair["refresh"], after=1).json()
    third = refresh(api, second["refresh"], after=2).json()
    assert len({pair["refresh"], second["refresh"], third["refresh"]}) == 3
    assert len({pair["access"], second["access"], third["access"]}) == 3
    assert {UUID(tokens.jwt.decode(p["access"], options={"verify_signature": False})["sid"])
            for p in (pair, second, third)} == {Session.objects.get().pk}  # fmt: skip
    assert Session.objects.get().generation == 2


def test_repeating_the_last_refresh_within_60_s_gives_the_identical_pair(api, pair):
    first = refresh(api, pair["refresh"], after=100)
    again = [refresh(api, pair["refresh"], after=100 + late) for late in (0, 30, 60)]
    assert [(answer.status_code, answer.content) for answer in again] == [(200, first.content)] * 3
    assert refresh(api, first.json()["refresh"], after=200).status_code == 200


def test_repeating_it_later_ends_the_session(api, pair, told):
    second = refresh(api, pair["refresh"], after=100).json()
    told.clear()
    late = refresh(api, pair["refresh"], after=161)
    assert (late.status_code, late.json()["code"]) == (401, "not_authenticated")
    session = Session.objects.get()
    assert session.end_reason == "token_reused"
    assert told == [("session.ended", SessionEnded(str(session.pk), 4501, "token_reused"))]
    assert me(api, second["access"], after=162) == 401
    assert refresh(api, second["refresh"], after=163).status_code == 401


def test_reuse_of_a_token_before_the_last_ends_the_session_even_at_once(api, pair):
    second = refresh(api, pair["refresh"], after=1).json()
    third = refresh(api, second["refresh"], after=2).json()
    assert refresh(api, pair["refresh"], after=3).status_code == 401
    assert me(api, third["access"], after=3) == 401


def test_a_session_ends_when_it_is_not_refreshed_for_60_days(api, pair):
    day = 86_400
    second = refresh(api, pair["refresh"], after=59 * day)
    assert second.status_code == 200
    third = refresh(api, second.json()["refresh"], after=118 * day)
    assert third.status_code == 200
    assert refresh(api, third.json()["refresh"], after=179 * day).status_code == 401


def test_an_access_token_ends_after_15_minutes(api, pair):
    assert [me(api, pair["access"], after=after) for after in (899, 901)] == [200, 401]


def test_a_suspended_person_gets_no_pair_and_keeps_the_session(api, pair):
    session = Session.objects.get()
    session.user.suspended_until = START + timedelta(hours=1)
    session.user.suspension_reason_code = "spam"
    session.user.save()
    assert refresh(api, pair["refresh"], after=60).status_code == 401
    assert refresh(api, pair["refresh"], after=3_601).status_code == 200


def test_tokens_outlive_a_new_secret_key_that_names_the_old_one(api, pair, settings):
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new one " * 6
    assert me(api, pair["access"], after=5) == 200
    second = refresh(api, pair["refresh"], after=5)
    assert second.status_code == 200
    assert refresh(api, pair["refresh"], after=6).content == second.content
    settings.SECRET_KEY_FALLBACKS = []
    assert me(api, pair["access"], after=7) == 401
    assert me(api, second.json()["access"], after=7) == 200


@pytest.mark.parametrize("token", ["", "x", "x" * 70, "\u00e9" * 70, "-" * 70, "A" * 1024])
def test_a_token_that_is_not_ours_is_401(api, token):
    assert api("POST", "auth/token/refresh/", {"refresh": token}).status_code == 401


def test_a_changed_token_is_401_and_ends_nothing(api, pair):
    for index in (0, 30, 69):
        old = pair["refresh"]
        changed = old[:index] + ("A" if old[index] != "A" else "B") + old[index + 1 :]
        assert refresh(api, changed, after=1).status_code == 401
    assert refresh(api, pair["refresh"], after=1).status_code == 200
