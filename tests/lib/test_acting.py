"""One person acts in a transaction, and nobody else."""

import pytest
from django.db import connection, transaction

from prayermap.lib.acting import acting_as, acting_as_staff, current_user_id
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def seen():
    """(role, person) as PostgreSQL sees them."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user::text, current_setting('prayermap.user_id', true)")
        return cursor.fetchone()


@pytest.fixture
def ruth():
    return make_user("Ruth")


def test_postgresql_sees_the_person_inside_and_nobody_after(ruth):
    with acting_as(ruth):
        assert seen() == ("prayermap_member", str(ruth.pk))
        assert current_user_id() == ruth.pk
    role, person = seen()
    assert (role, person or "") == ("prayermap_app", "")


def test_staff_act_in_a_role_of_their_own(ruth):
    with acting_as_staff(ruth):
        assert seen() == ("prayermap_staff", str(ruth.pk))


def test_outside_nobody_acts():
    with pytest.raises(RuntimeError, match="acting_as"):
        current_user_id()


def test_nested_for_the_same_person_is_a_savepoint(ruth):
    with acting_as(ruth):
        with pytest.raises(ValueError, match="inner"), acting_as(ruth.pk):
            raise ValueError("inner")
        assert seen() == ("prayermap_member", str(ruth.pk))


def test_nested_for_somebody_else_is_refused(ruth):
    with acting_as(ruth):
        with pytest.raises(RuntimeError, match="Somebody else"), acting_as(make_other()):
            pass
        with pytest.raises(RuntimeError, match="Somebody else"), acting_as_staff(ruth):
            pass
        assert seen() == ("prayermap_member", str(ruth.pk))


def make_other():
    from uuid import uuid4

    return uuid4()


def test_inside_a_callers_transaction_the_role_is_given_back(ruth):
    with transaction.atomic():
        with acting_as(ruth):
            assert seen()[0] == "prayermap_member"
        assert seen() == ("prayermap_app", "")
    assert seen()[0] == "prayermap_app"


def test_after_an_error_inside_a_callers_transaction_the_role_is_given_back_too(ruth):
    with transaction.atomic():
        with pytest.raises(ValueError, match="inner"), acting_as(ruth):
            raise ValueError("inner")
        assert seen()[0] == "prayermap_app"
