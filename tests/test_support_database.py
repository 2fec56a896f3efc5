"""The tests' own ground: two logins, one database, clean after every test."""

from datetime import UTC, datetime

import pytest
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import ProgrammingError, connection, connections

from tests.support.database import clean_database

LATER = datetime(2100, 1, 1, tzinfo=UTC)


@pytest.mark.django_db
def test_logins_are_those_of_production():
    with connection.cursor() as app, connections["owner"].cursor() as owner:
        app.execute("SELECT current_user::text, current_database()::text")
        owner.execute("SELECT current_user::text, current_database()::text")
        seen = [app.fetchone(), owner.fetchone()]
    name = seen[0][1]
    assert name.startswith("test_")
    assert seen == [("prayermap_app", name), ("prayermap_owner", name)]


@pytest.mark.django_db
def test_request_login_may_not_empty_a_table():
    with pytest.raises(ProgrammingError, match="permission denied"), connection.cursor() as cursor:
        cursor.execute("TRUNCATE django_session")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("turn", [1, 2])
def test_committed_rows_are_gone_in_the_next_test_and_migrated_ones_stay(turn, valkey):
    assert Session.objects.using("owner").count() == 0
    assert valkey.dbsize() == 0
    assert ContentType.objects.using("owner").exists()
    Session.objects.using("owner").create(session_key="a", session_data="", expire_date=LATER)
    valkey.set("a", 1)


@pytest.mark.django_db(transaction=True)
async def test_coroutines_are_cleaned_up_after_too():
    assert await Session.objects.using("owner").acount() == 0
    await Session.objects.using("owner").acreate(session_key="a", session_data="", expire_date=LATER)


@pytest.mark.django_db(transaction=True)
def test_clean_database_says_who_left_a_transaction_open():
    Session.objects.using("owner").create(session_key="a", session_data="", expire_date=LATER)
    owner = connections["owner"]
    owner.set_autocommit(False)
    list(Session.objects.using("owner").all())
    try:
        with pytest.raises(AssertionError, match="left a transaction open"):
            clean_database()
    finally:
        owner.rollback()
        owner.set_autocommit(True)
