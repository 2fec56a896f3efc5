import pytest

from accounts.models import Session
from prayermap.lib.news import SessionEnded
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def sign_in(api):
    make_user(email="ruth@example.com")
    return lambda: api("POST", "auth/token/", {"email": "ruth@example.com", "password": PASSWORD}).json()


def me(api, pair):
    return api("GET", "me/", headers={"Authorization": f"Bearer {pair['access']}"}).status_code


def test_signing_out_ends_this_session_at_once_and_no_other(api, sign_in, told):
    phone, laptop = sign_in(), sign_in()
    answer = api("POST", "auth/logout/", {"refresh": phone["refresh"]})
    assert (answer.status_code, answer.content) == (204, b"")
    assert (me(api, phone), me(api, laptop)) == (401, 200)
    ended = Session.objects.get(ended_at__isnull=False)
    assert told == [("session.ended", SessionEnded(str(ended.pk), 4501, "signed_out"))]
    assert api("POST", "auth/token/refresh/", {"refresh": phone["refresh"]}).status_code == 401


def test_signing_out_again_says_the_same_and_tells_nobody(api, sign_in, told):
    pair = sign_in()
    answers = [api("POST", "auth/logout/", {"refresh": pair["refresh"]}).status_code for _ in range(2)]
    assert (answers, len(told)) == ([204, 204], 1)


def test_an_older_token_signs_out_too(api, sign_in):
    old = sign_in()
    new = api("POST", "auth/token/refresh/", {"refresh": old["refresh"]}).json()
    assert api("POST", "auth/logout/", {"refresh": old["refresh"]}).status_code == 204
    assert me(api, new) == 401


def test_a_token_that_is_not_ours_is_401(api):
    assert api("POST", "auth/logout/", {"refresh": "x" * 70}).status_code == 401
