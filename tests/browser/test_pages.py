"""Every page of the console, by telephone, in light and in dark."""

import pytest

from tests.browser.chromium import TELEPHONE
from tests.moderation.addresses import CONSOLE, addresses
from tests.moderation.world import make_world

pytestmark = pytest.mark.django_db(transaction=True)

#: Not answered with a page of their own to whoever asks with GET.
NO_PAGES = {
    "login", "logout", "password_change", "password_change_done", "autocomplete", "jsi18n", "add", "delete", "redirect",
    "catch-all", "case_claim", "case_release", "case_note", "case_context", "case_author", "decision_approve",
    "decision_refuse", "decision_undo",
    # Files.
    "insights_csv", "erasure_certificate",
}  # fmt: skip


def pages() -> list[str]:
    found = [address.path for address in addresses() if address.kind not in NO_PAGES]
    assert len(found) > len(CONSOLE)
    return [*found, *(f"/admin/cases/?show={tab}" for tab in ("mine", "waiting", "closed"))]


def test_no_page_is_wider_than_a_telephone(staff):
    make_world()
    seat = staff("superuser", "Deborah", viewport=TELEPHONE).seat
    wide = []
    for path in pages():
        seat.open(path)
        if seat.is_wider_than_its_window():
            wide.append(path)
    assert wide == []


def test_light_and_dark_are_as_the_machine_is_set(staff):
    seat = staff("moderator", "Miriam").seat
    ground = "getComputedStyle(document.body).backgroundColor"
    seen = []
    for scheme in ("light", "dark"):
        seat.page.emulate_media(color_scheme=scheme)
        seen.append(sum(map(int, seat.page.evaluate(ground)[4:-1].split(","))))
    light, dark = seen
    assert light > 600
    assert dark < 200
