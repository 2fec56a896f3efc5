from datetime import timedelta

import pytest
from django.db import transaction
from django.utils.timezone import now

from accounts.models import Session
from accounts.services.suspension import ban, lift_suspension, suspend
from prayermap.lib.errors import Invalid
from prayermap.lib.news import SessionEnded, UserSuspended
from tests.factories import PASSWORD, bearer, make_user

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def amos():
    return make_user("Amos", email="amos@example.com")


def test_a_suspension_closes_sockets_and_ends_by_itself(api, amos, told):
    headers = bearer(amos)
    moment = now()
    with transaction.atomic():
        suspend(user=amos, until=moment + timedelta(hours=1), code="spam", now=moment)
    assert told == [("user.suspended", UserSuspended(str(amos.pk), 4503, "suspended"))]
    assert api("GET", "me/", headers=headers).status_code == 401
    with transaction.atomic():
        lift_suspension(user=amos)
    assert api("GET", "me/", headers=headers).status_code == 200


def test_a_ban_ends_every_session(api, amos, told):
    bearer(amos)
    with transaction.atomic():
        ban(user=amos, code="threats", now=now())
    session = Session.objects.get()
    assert session.end_reason == "banned"
    assert told == [
        ("user.suspended", UserSuspended(str(amos.pk), 4503, "banned")),
        ("session.ended", SessionEnded(str(session.pk), 4501, "banned")),
    ]
    body = {"email": "amos@example.com", "password": PASSWORD}
    assert api("POST", "auth/token/", body).status_code == 401


def test_a_suspension_ends_in_the_future(amos):
    with transaction.atomic(), pytest.raises(Invalid):
        suspend(user=amos, until=now(), code="spam", now=now())
