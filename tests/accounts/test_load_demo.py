import json
from concurrent.futures import ThreadPoolExecutor
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import connection

from accounts.models import User
from accounts.services.demo import load_demo_people
from tests.factories import make_user

pytestmark = pytest.mark.django_db(transaction=True)


def load(*args):
    out = StringIO()
    call_command("load_demo", *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def _debug(settings):
    settings.DEBUG = True


@pytest.mark.usefixtures("_debug")
def test_the_demo_people_can_sign_in(api):
    made = json.loads(load("--json"))
    names = ["ruth", "amos", "lydia", "mod", "mod2", "admin"]
    assert made == {"created": [f"{name}@example.com" for name in names], "password": "prayermap-demo"}
    for email in made["created"]:
        assert api("POST", "auth/token/", {"email": email, "password": "prayermap-demo"}).status_code == 200
    moderators = User.objects.filter(groups__name="moderator", is_staff=True, is_superuser=False)
    assert sorted(user.email for user in moderators) == ["mod2@example.com", "mod@example.com"]
    assert [user.email for user in User.objects.filter(is_superuser=True)] == ["admin@example.com"]


@pytest.mark.usefixtures("_debug")
def test_people_who_are_there_stay_alone():
    make_user()
    assert load() == "There are people already: nothing to do.\n"
    assert json.loads(load("--json")) == {"created": [], "password": None}
    assert User.objects.count() == 1


def test_two_loaders_at_once_make_them_once():
    def one(_):
        try:
            return len(load_demo_people())
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        assert sorted(pool.map(one, range(2))) == [0, 6]


def test_without_debug_it_is_wrong_use():
    with pytest.raises(CommandError) as refused:
        load()
    assert refused.value.returncode == 2
    assert not User.objects.exists()
