import re

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import (
    TOTP,
    generate_totp_secret,
    hotp_value,
    yield_hotp_counters_from_time,
)
from django.core import mail
from django.http import HttpRequest
from django.test import Client

from accounts.models import Session
from accounts.rules import has_second_factor
from tests.factories import PASSWORD, bearer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth():
    return make_user(email="ruth@example.com")


@pytest.fixture
def secret(ruth):
    secret = generate_totp_secret()
    TOTP.activate(ruth, secret)
    return secret


def request_of(client: Client, user) -> HttpRequest:
    """A request as the admin site meets it."""
    request = HttpRequest()
    request.user, request.session = user, client.session
    return request


def sign_in(client):
    return client.post("/accounts/login/", {"login": "ruth@example.com", "password": PASSWORD})


def test_a_password_alone_is_one_factor(client, ruth):
    sign_in(client)
    assert not has_second_factor(request_of(client, ruth))


def test_a_cookie_without_the_code_is_not_signed_in(client, ruth, secret):
    assert sign_in(client)["Location"].startswith("/accounts/2fa/")
    assert client.get("/api/v1/me/").status_code == 401
    assert not Session.objects.exists()


def test_password_and_code_are_two_factors(client, ruth, secret):
    sign_in(client)
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"
    client.post("/accounts/2fa/authenticate/", {"code": code})
    assert client.get("/api/v1/me/").status_code == 200
    assert has_second_factor(request_of(client, ruth))
    Authenticator.objects.all().delete()
    assert not has_second_factor(request_of(client, ruth))


def test_a_session_that_skipped_the_code_has_no_second_factor(client, ruth, secret):
    client.force_login(ruth)
    assert not has_second_factor(request_of(client, ruth))


def test_the_secret_is_not_readable_in_the_database(ruth, secret, settings):
    authenticator = Authenticator.objects.get(type="totp")
    assert secret not in str(authenticator.data)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one " * 6
    code = f"{hotp_value(secret, next(yield_hotp_counters_from_time())):06}"
    assert authenticator.wrap().validate_code(code)


@pytest.mark.django_db(transaction=True)
def test_a_reset_password_ends_every_sign_in(client, ruth):
    headers = bearer(ruth)
    client.post("/accounts/password/reset/", {"email": "ruth@example.com"})
    link = re.search(r"http://testserver(\S+)", mail.outbox[-1].body)[1]
    form = client.get(link, follow=True)
    new = "quite another horse"
    client.post(form.redirect_chain[-1][0], {"password1": new, "password2": new})
    assert client.get("/api/v1/me/", headers=headers).status_code == 401
    assert Session.objects.get().end_reason == "password_changed"
