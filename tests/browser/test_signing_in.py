"""The way into the console, and its first page."""

import pytest

from tests.browser.conftest import Moderator
from tests.factories import PASSWORD
from tests.moderation.cases import flag
from tests.moderation.entering import make_person

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_password_opens_nothing_before_the_code_came(take_a_seat):
    moderator = Moderator(make_person("moderator", "Miriam"), take_a_seat())
    seat = moderator.seat
    page = seat.open("/admin/cases/")
    page.get_by_label("Email").fill(moderator.user.email)
    page.get_by_label("Password").fill(PASSWORD)
    seat.press("Sign in")
    page.wait_for_url("**/2fa/authenticate/**")
    assert "/accounts/" in seat.open("/admin/").url
    seat.open("/accounts/2fa/authenticate/")
    moderator.enters_a_code()
    page.goto(f"{seat.home}/admin/cases/")
    assert page.get_by_role("heading", level=1).inner_text() == "Cases"


def test_the_first_page_says_what_needs_doing_now(ruth, lydia, group, staff):
    flag(ruth, group, 1)
    lydia.say(group, "I can't go on")
    flag(ruth, group, 2, reason="self_harm")
    page = staff("moderator", "Miriam").seat.page
    texts = page.locator(".console-todo").all_inner_texts()
    todos = [tuple(text.split("\n")[:2]) for text in texts]
    assert todos[0] == ("1", "Urgent")
    assert ("2", "Nobody has it") in todos
    page.get_by_role("link", name="Urgent").click()
    page.locator(".console-case").wait_for()
    assert page.locator(".console-case h2").all_inner_texts() == ["Message: Self-harm or suicide"]
