"""axe finds nothing serious on any page, in light and in dark, at a desk and on a telephone."""

import pytest

from tests.browser.axe import MISSING, SCRIPT, faults
from tests.browser.chromium import DESK, TELEPHONE, Seat
from tests.browser.conftest import Moderator, fill_password
from tests.browser.test_pages import pages
from tests.moderation.cases import claim, newest
from tests.moderation.entering import make_person
from tests.moderation.world import make_world

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(not SCRIPT.exists(), reason=MISSING),
]

#: A page is laid out anew for each, not loaded anew.
WAYS = [("light", DESK), ("dark", DESK), ("light", TELEPHONE)]


def grave(seat: Seat, paths: list[str]) -> list[str]:
    """Every fault with where and how it was found."""
    found = []
    for path in paths:
        page = seat.open(path)
        for scheme, size in WAYS:
            page.emulate_media(color_scheme=scheme)
            page.set_viewport_size(size)
            for rule, elements in faults(page):
                found.append(f"{path} {scheme} {size['width']}: {rule}: {elements}")
    return found


def test_axe_finds_nothing_serious_in_the_console(staff):
    make_world()
    deborah = staff("superuser", "Deborah")
    claim(deborah.user, newest())  # so that its page has all its forms
    found = grave(deborah.seat, pages())
    assert not found, "\n".join(found)


def test_axe_finds_nothing_serious_on_the_way_in(take_a_seat):
    moderator = Moderator(make_person("moderator", "Miriam"), take_a_seat())
    found = grave(moderator.seat, ["/accounts/login/"])
    moderator.seat.open("/accounts/login/")
    moderator.enters_a_password()
    found += grave(moderator.seat, ["/accounts/2fa/authenticate/"])
    moderator.enters_a_code()
    found += grave(moderator.seat, ["/accounts/2fa/", "/accounts/email/", "/accounts/password/change/"])
    assert not found, "\n".join(found)


@pytest.mark.parametrize("role", ["member", "moderator"])
def test_axe_finds_nothing_serious_on_what_turns_people_away(take_a_seat, role):
    """Somebody who is no moderator, and one without a second factor."""
    person, seat = make_person(role, "Miriam"), take_a_seat()
    seat.open("/accounts/login/?next=/admin/")
    fill_password(seat, person)
    assert seat.page.locator(".console-words").is_visible()
    found = grave(seat, [seat.page.url.removeprefix(seat.home)])
    seat.complaints.clear()  # the page is a 403, as it should be
    assert not found, "\n".join(found)
