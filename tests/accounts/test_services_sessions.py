from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.utils.timezone import now

from accounts.enums import EndReason
from accounts.models import Session
from accounts.services import sessions
from tests.factories import make_user

pytestmark = pytest.mark.django_db


@pytest.mark.django_db(transaction=True)
def test_refreshes_at_the_same_moment_get_the_same_pair():
    pair = sessions.begin_session(user=make_user(), device_id="", now=now())
    moment = now()

    def refresh(_):
        try:
            with transaction.atomic():
                return sessions.refresh_session(token=pair.refresh, now=moment)
        finally:
            connection.close()

    with ThreadPoolExecutor(4) as pool:
        answers = set(pool.map(refresh, range(8)))
    assert len(answers) == 1
    assert answers != {None}
    assert Session.objects.get().generation == 1


def test_purging_deletes_what_ended_30_days_ago_and_nothing_else():
    user, today = make_user(), now()
    for ended, expires in ((-31, 60), (-29, 60), (None, -31), (None, -29)):
        Session.objects.create(
            user=user,
            created_at=today - timedelta(days=90),
            expires_at=today + timedelta(days=expires),
            ended_at=today + timedelta(days=ended) if ended else None,
            end_reason="signed_out" if ended else "",
        )
    assert [sessions.purge_sessions(now=today) for _ in range(2)] == [2, 0]
    assert Session.objects.count() == 2


def test_ending_all_sessions_spares_the_one_that_asked():
    user = make_user()
    for _ in range(3):
        sessions.begin_session(user=user, device_id="", now=now())
    sessions.begin_session(user=make_user(), device_id="", now=now())
    mine = Session.objects.filter(user=user).first().pk
    ended = sessions.end_all_sessions(user_id=user.pk, reason=EndReason.PASSWORD_CHANGED, now=now(), but=mine)
    assert (ended, Session.objects.filter(ended_at=None).count()) == (2, 2)
