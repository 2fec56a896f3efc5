"""Role by address, from the site's own URL patterns: who is answered what."""

import pytest

from moderation.models import Case
from tests.moderation.addresses import CONSOLE, addresses, shapes
from tests.moderation.entering import ROLES, browser_of, browser_of_kind
from tests.moderation.matrix import COLUMNS, CONSOLE_PAGES, CONSOLE_STEPS, PAGE, expected, page
from tests.moderation.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)


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


@pytest.mark.parametrize("role", COLUMNS)
def test_every_step_by_post_is_refused_to_whoever_may_not(role, settings):
    make_world()
    settings.DEBUG = True
    browser = browser_of_kind(role)
    steps = {address.kind: address.path for address in addresses() if address.kind in CONSOLE_STEPS}
    answers = {
        kind: browser.post(path, {"version": "1", "text": "x"}).status_code for kind, path in steps.items()
    }
    refused = {kind for kind, status in answers.items() if status == 403}
    assert refused == {kind for kind, may in CONSOLE_STEPS.items() if role not in may}
    assert set(answers) == set(CONSOLE_STEPS)
    assert {status for status in answers.values() if status not in (200, 302, 403)} <= {404}


def test_steps_are_all_that_take_a_post():
    by_post_only = {kind for kind in CONSOLE if kind not in CONSOLE_PAGES}
    assert by_post_only <= set(CONSOLE_STEPS)


def test_the_page_of_roles_is_up_to_date():
    assert PAGE.read_text() == page(), "run: python -m tests.moderation"


def test_the_page_names_the_addresses_that_there_are():
    make_world()
    found = {(address.kind, address.label) for address in addresses()}
    assert {(address.kind, address.label) for address in shapes()} == found
