import pytest

from accounts import signals
from accounts.models import User
from tests.factories import bearer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth():
    return make_user("Ruth", email="ruth@example.com")


@pytest.fixture
def patch(api, ruth):
    headers = bearer(ruth)
    return lambda body: api("PATCH", "me/", body, headers=headers)


def test_the_profile_has_exactly_these_fields(api, ruth):
    answer = api("GET", "me/", headers=bearer(ruth))
    assert answer.json() == {
        "id": str(ruth.pk),
        "email": "ruth@example.com",
        "display_name": "Ruth",
        "timezone": "UTC",
        "share_read_receipts": True,
        "share_presence": True,
    }
    assert answer["Cache-Control"] == "private, no-store"


def test_a_change_sets_what_is_named_and_nothing_else(patch, ruth):
    heard = []
    listener = lambda **news: heard.append((news["user_id"], news["changed"]))  # noqa: E731
    signals.profile_changed.connect(listener)
    answer = patch({"display_name": "Naomi", "timezone": "Africa/Nairobi", "share_presence": False})
    signals.profile_changed.disconnect(listener)
    assert answer.status_code == 200
    assert answer.json() == {
        "id": str(ruth.pk),
        "email": "ruth@example.com",
        "display_name": "Naomi",
        "timezone": "Africa/Nairobi",
        "share_read_receipts": True,
        "share_presence": False,
    }
    assert heard == [(ruth.pk, {"display_name", "timezone", "share_presence"})]


def test_an_empty_change_changes_nothing(patch):
    assert patch({}).json()["display_name"] == "Ruth"


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({"display_name": "Someone"}, "display_name"),
        ({"display_name": None}, "display_name"),
        ({"display_name": "x" * 101}, "display_name"),
        ({"timezone": "Mars/Olympus"}, "timezone"),
        ({"timezone": "../../etc/passwd"}, "timezone"),
        ({"timezone": ""}, "timezone"),
        ({"share_presence": "yes"}, "share_presence"),
        ({"share_read_receipts": 1}, "share_read_receipts"),
        ({"email": "other@example.com"}, "email"),
        ({"is_staff": True}, "is_staff"),
        ({"suspended_until": None}, "suspended_until"),
    ],
)
def test_what_may_not_be_changed_is_named(patch, ruth, body, field):
    answer = patch(body)
    assert (answer.status_code, list(answer.json()["errors"])) == (400, [field])
    assert User.objects.get(pk=ruth.pk).display_name == "Ruth"


def test_other_peoples_profiles_stay(patch):
    other = make_user("Boaz")
    patch({"display_name": "Naomi"})
    other.refresh_from_db()
    assert other.display_name == "Boaz"
