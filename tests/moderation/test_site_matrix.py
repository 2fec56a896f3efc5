"""Role by address, from the site's own URL patterns: who is answered what."""

import pytest

from moderation.models import Case
from tests.moderation.addresses import CONSOLE, Address, addresses
from tests.moderation.entering import ROLES, browser_of, browser_of_kind
from tests.moderation.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

_MODERATOR = {
    "account", "account.emailaddress", "accounts", "accounts.block", "accounts.session", "accounts.user", "messaging",
    "messaging.conversation", "messaging.message", "messaging.participant", "prayers", "prayers.memorialconnection",
    "prayers.prayer",
    "prayers.prayerresponse",
}  # fmt: skip
#: Apps and models whose lists and pages a role sees. A superuser sees all.
LISTS = {
    "moderator": _MODERATOR,
    "senior moderator": _MODERATOR,
    "privacy officer": {"account", "account.emailaddress", "accounts", "accounts.session", "accounts.user"},
    "administrator": {
        "account", "account.emailaddress", "accounts", "accounts.session", "accounts.user", "admin", "admin.logentry",
        "auth", "auth.group", "mfa", "mfa.authenticator", "procrastinate", "procrastinate.procrastinatejob",
    },
}  # fmt: skip
STAFF = {*LISTS, "superuser"}
_CASES = {"moderator", "senior moderator", "superuser"}
_PRIVACY = {"privacy officer", "superuser"}
#: The console's own pages, and who is answered with one.
CONSOLE_PAGES = {
    "case_queue": _CASES,
    "case_page": _CASES,
    "case_decide": _CASES,
    "insights": {"senior moderator", "administrator", "superuser"},
    "insights_csv": {"senior moderator", "administrator", "superuser"},
    "archive": _PRIVACY,
    "archive_hold": _PRIVACY,
    "archive_release": _PRIVACY,
    "archive_month_archive": _PRIVACY,
    "archive_month_restore": _PRIVACY,
    "trail": {"senior moderator", "privacy officer", "administrator", "superuser"},
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
    is_admitted = kind in STAFF and (debug or has_second_factor)
    if not is_admitted:
        return 403 if address.kind == "login" and kind else 302
    if address.kind in OF_ALL:
        return OF_ALL[address.kind]
    if address.kind in CONSOLE:
        readers = CONSOLE_PAGES.get(address.kind)  # None: by POST only
        return 405 if readers is None else 200 if kind in readers else 403
    if address.label == "procrastinate.procrastinatejob" and address.kind in ("change", "history"):
        return 302  # a list without pages
    if kind == "superuser" or address.label in LISTS[kind]:
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


@pytest.mark.parametrize("role", ["privacy officer", "administrator", "member"])
def test_whoever_reads_no_cases_takes_no_step_in_one(role, settings):
    make_world()
    settings.DEBUG = True
    browser = browser_of_kind(role)
    steps = [
        address for address in addresses() if address.kind in CONSOLE and address.kind not in CONSOLE_PAGES
    ]
    answers = {
        address.kind: browser.post(address.path, {"version": "1", "text": "x"}).status_code
        for address in steps
    }
    assert set(answers.values()) == {302 if role == "member" else 403}
    assert Case.objects.using("owner").get().version == 1
