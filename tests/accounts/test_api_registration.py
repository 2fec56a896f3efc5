import pytest
from django.contrib.auth.hashers import identify_hasher
from django.core import mail

from accounts.models import User
from tests.factories import PASSWORD, make_user

pytestmark = pytest.mark.django_db(transaction=True)
BODY = {"email": "Ruth@Example.com", "password": PASSWORD, "display_name": "Ruth"}


def test_a_registered_person_can_sign_in_at_once(api):
    answer = api("POST", "auth/register/", BODY)
    assert (answer.status_code, answer.json()) == (201, {"email": "ruth@example.com", "display_name": "Ruth"})
    assert answer["Cache-Control"] == "private, no-store"
    user = User.objects.get()
    assert (user.email, user.id.version, user.is_staff) == ("ruth@example.com", 7, False)
    assert identify_hasher(user.password).algorithm == "argon2"
    assert api("POST", "auth/token/", {"email": "RUTH@example.com", "password": PASSWORD}).status_code == 200
    assert [(m.to, m.subject) for m in mail.outbox] == [(["ruth@example.com"], "Welcome to PrayerMap")]


def test_a_known_address_is_answered_alike_and_its_owner_told(api):
    owner = make_user("Naomi", email="ruth@example.com")
    answer = api("POST", "auth/register/", BODY)
    assert (answer.status_code, answer.json()) == (201, {"email": "ruth@example.com", "display_name": "Ruth"})
    assert [(m.to, m.subject) for m in mail.outbox] == [
        (["ruth@example.com"], "Somebody tried to register with your address")
    ]
    owner.refresh_from_db()
    assert (owner.display_name, User.objects.count()) == ("Naomi", 1)


def test_known_and_new_addresses_take_the_same_work(api, django_assert_num_queries):
    make_user(email="known@example.com")
    with django_assert_num_queries(5):  # BEGIN, SAVEPOINT, INSERT, RELEASE, COMMIT
        api("POST", "auth/register/", BODY)
    with django_assert_num_queries(6):  # and ROLLBACK TO SAVEPOINT
        api("POST", "auth/register/", BODY | {"email": "known@example.com"})


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"email": "nobody"}, "email"),
        ({"email": "a@b@c.example"}, "email"),
        ({"email": "x" * 250 + "@example.com"}, "email"),
        ({"password": "short"}, "password"),
        ({"password": "password123"}, "password"),
        ({"password": "9" * 20}, "password"),
        ({"password": "x" * 300}, "password"),
        ({"display_name": ""}, "display_name"),
        ({"display_name": "\u200b\u200d"}, "display_name"),
        ({"display_name": "Ru\u202eth"}, "display_name"),
        ({"display_name": "x" * 101}, "display_name"),
        ({"display_name": "S\u043eme\u043ene"}, "display_name"),
        ({"display_name": "PRAYERMAP"}, "display_name"),
        ({"display_name": 7}, "display_name"),
        ({"is_staff": True}, "is_staff"),
    ],
)
def test_what_is_not_valid_is_named(api, change, field):
    answer = api("POST", "auth/register/", BODY | change)
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert (answer.json()["code"], list(answer.json()["errors"])) == ("invalid", [field])
    assert not User.objects.exists()


def test_all_faults_are_named_at_once_for_known_addresses_too(api):
    make_user(email="known@example.com")
    wrong = {"email": "known@example.com", "password": "x", "display_name": "Moderator"}
    assert list(api("POST", "auth/register/", wrong).json()["errors"]) == ["display_name", "password"]


def test_a_display_name_is_stored_in_nfc(api):
    api("POST", "auth/register/", BODY | {"display_name": "Zoe\u0308"})
    assert User.objects.get().display_name == "Zo\u00eb"


def test_registration_is_limited_by_address_of_the_network(api, settings):
    settings.LIMITS = settings.LIMITS | {"registration": "2/hour"}
    statuses = [
        api("POST", "auth/register/", BODY | {"email": f"n{i}@example.com"}).status_code for i in range(3)
    ]
    assert statuses == [201, 201, 429]


def test_mail_that_fails_does_not_change_the_answer(api, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_PORT = 1  # nobody listens there
    assert api("POST", "auth/register/", BODY).status_code == 201
