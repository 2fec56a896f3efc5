"""Into the admin site and out of it, as a browser does it."""

import pytest
from allauth.account.models import EmailAddress
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.test import Client

from accounts.enums import EndReason
from accounts.models import Session
from accounts.services.sessions import end_all_sessions
from prayermap.lib.times import utc_now
from tests.factories import PASSWORD
from tests.moderation.entering import browser_of, code_of, make_person, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_visitor_is_led_to_sign_in_and_back():
    browser, moderator = Client(), make_person("moderator")
    first = browser.get("/admin/accounts/user/")
    assert first["Location"] == "/admin/login/?next=/admin/accounts/user/"
    second = browser.get(first["Location"])
    assert second["Location"] == "/accounts/login/?next=%2Fadmin%2Faccounts%2Fuser%2F"
    assert sign_in(browser, moderator, second["Location"])["Location"] == "/admin/accounts/user/"


def test_the_second_factor_is_set_up_and_used_by_an_ordinary_browser():
    browser, moderator = Client(), make_person("moderator")
    sign_in(browser, moderator)
    led = browser.get("/admin/", follow=True)
    assert (led.status_code, led.redirect_chain) == (403, [("/admin/login/?next=/admin/", 302)])
    assert b"/accounts/2fa/totp/activate/" in led.content
    asked = browser.get("/accounts/2fa/totp/activate/")["Location"]
    page = browser.post(asked, {"password": PASSWORD}, follow=True)
    secret = page.context["form"].secret
    assert browser.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}).status_code == 302
    assert browser.get("/admin/").status_code == 302, "set up, and not yet used in this browser"
    page = browser.get("/admin/login/?next=/admin/accounts/user/")
    assert b"/accounts/2fa/reauthenticate/?next=/admin/accounts/user/" in page.content
    answer = browser.post(
        "/accounts/2fa/reauthenticate/?next=/admin/accounts/user/", {"code": code_of(secret)}
    )
    assert answer["Location"] == "/admin/accounts/user/"
    assert browser.get("/admin/accounts/user/").status_code == 200


def test_an_address_that_waits_for_confirmation_is_confirmed_first():
    browser, moderator = Client(), make_person("moderator")
    address = EmailAddress.objects.create(user=moderator, email=moderator.email, primary=True)
    sign_in(browser, moderator)
    assert b"/accounts/email/" in browser.get("/admin/login/").content
    EmailAddress.objects.filter(pk=address.pk).update(verified=True)
    assert b"/accounts/2fa/totp/activate/" in browser.get("/admin/login/").content


def test_a_recovery_code_is_a_second_factor():
    browser, moderator = Client(), make_person("moderator")
    TOTP.activate(moderator, generate_totp_secret())
    code = RecoveryCodes.activate(moderator).get_unused_codes()[0]
    assert sign_in(browser, moderator)["Location"].startswith("/accounts/2fa/authenticate/")
    browser.post("/accounts/2fa/authenticate/", {"code": code})
    assert browser.get("/admin/").status_code == 200


def test_a_wrong_code_admits_nobody_and_guessing_is_stopped():
    browser = browser_of("moderator")
    other, moderator = Client(), make_person("moderator")
    TOTP.activate(moderator, generate_totp_secret())
    sign_in(other, moderator)
    answers = [other.post("/accounts/2fa/authenticate/", {"code": "000000"}) for _ in range(12)]
    assert b"Too many" in answers[-1].content
    assert other.get("/admin/").status_code == browser.get("/admin/").status_code == 302


def test_a_session_that_was_ended_elsewhere_leaves_the_site_at_once():
    browser = browser_of("moderator with a second factor")
    assert browser.get("/admin/").status_code == 200
    user_id = Session.objects.get(ended_at=None).user_id
    end_all_sessions(user_id=user_id, reason=EndReason.REVOKED, now=utc_now())
    assert browser.get("/admin/", follow=True).redirect_chain[-1][0].startswith("/accounts/login/")


def test_signing_out_ends_the_session():
    browser = browser_of("superuser with a second factor")
    assert browser.post("/admin/logout/").status_code == 200
    assert Session.objects.get().end_reason == "signed_out"
    assert browser.get("/admin/").status_code == 302


def test_nobody_is_led_to_another_host(settings):
    settings.DEBUG = True
    browser = browser_of("moderator")
    assert browser.get("/admin/login/?next=https://evil.example/")["Location"] == "/admin/"
    assert browser.get("/admin/login/?next=//evil.example/")["Location"] == "/admin/"


def test_a_suspended_moderator_is_out(settings):
    settings.DEBUG = True
    browser = browser_of("moderator")
    session = Session.objects.get()
    session.user.banned_at, session.user.suspension_reason_code = utc_now(), "x"
    session.user.save()
    assert browser.get("/admin/").status_code == 302
