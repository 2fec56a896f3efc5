"""Role by address, from the site's own URL patterns: who is answered what."""

import pytest

from tests.moderation.addresses import Address, addresses
from tests.moderation.entering import ROLES, browser_of
from tests.moderation.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

OF_MODERATORS = {
    "account",
    "account.emailaddress",
    "accounts",
    "accounts.block",
    "accounts.session",
    "accounts.user",
    "messaging",
    "messaging.conversation",
    "messaging.message",
    "messaging.participant",
    "prayers",
    "prayers.memorialconnection",
    "prayers.prayer",
    "prayers.prayerresponse",
}
#: Answered alike to everybody who is admitted.
OF_ALL = {
    "index": 200,
    "jsi18n": 200,
    "login": 302,
    "logout": 405,  # by POST only
    "password_change": 302,
    "password_change_done": 302,
    "autocomplete": 403,  # no field here completes anything
    "redirect": 302,
    "catch-all": 404,
    "add": 403,
    "delete": 403,
}


def expected(role: str, address: Address, *, debug: bool) -> int:
    kind, has_second_factor = ROLES[role]
    is_admitted = kind in ("moderator", "superuser") and (debug or has_second_factor)
    if not is_admitted:
        return 403 if address.kind == "login" and kind else 302
    if address.kind in OF_ALL:
        return OF_ALL[address.kind]
    if address.label == "procrastinate.procrastinatejob" and address.kind in ("change", "history"):
        return 302  # a list without pages
    if kind == "superuser" or address.label in OF_MODERATORS:
        return 200
    return 404 if address.kind == "app_list" else 403


@pytest.mark.parametrize("debug", [False, True], ids=["product", "DEBUG"])
@pytest.mark.parametrize("role", ROLES)
def test_every_address_answers_every_role_as_it_should(role, debug, settings):
    make_world()
    settings.DEBUG = debug
    browser = browser_of(role)
    found = addresses()
    answers = {address: browser.get(address.path) for address in found if address.kind != "logout"}
    statuses = {address: answer.status_code for address, answer in answers.items()}
    assert statuses == {address: expected(role, address, debug=debug) for address in answers}
    logout = next(address for address in found if address.kind == "logout")
    assert browser.get(logout.path).status_code == expected(role, logout, debug=debug)


def test_the_addresses_are_those_of_every_model():
    make_world()
    labels = {address.label for address in addresses() if address.kind == "changelist"}
    assert labels == {
        "account.emailaddress", "accounts.block", "accounts.session", "accounts.user", "admin.logentry", "auth.group",
        "messaging.conversation", "messaging.message", "messaging.participant", "messaging.personstate",
        "mfa.authenticator", "prayers.memorialconnection", "prayers.prayer", "prayers.prayerresponse", "procrastinate.procrastinatejob",
    }  # fmt: skip
