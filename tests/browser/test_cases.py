"""Cases, from the report to the last word, as one and two people work on them."""

import pytest

from accounts.models import User
from tests.browser.chromium import press
from tests.moderation.cases import flag

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_case_from_the_report_to_the_appeal(ruth, amos, group, staff):
    flag(ruth, group, 1, note="It hurt.")
    miriam = staff("moderator", "Miriam").seat
    page = miriam.page
    page.get_by_role("link", name="Nobody has it").click()
    page.get_by_role("link", name="Message: Harassment").click()
    page.get_by_text("You are worth nothing").wait_for()
    assert page.get_by_text("It hurt.").is_visible()
    miriam.press("Take this case")
    page.get_by_label("What the next one should know").fill("Asked Ruth how she is.")
    miriam.press("Add the note")
    assert miriam.said() == ["Noted."]
    miriam.press("Hide the message")
    page.get_by_label("Whom it hits reads this:").fill("It hurt somebody.")
    miriam.press("Hide the message")
    assert miriam.said() == ["Decided."]
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["state"] == "hidden"
    miriam.press("Close")
    page.get_by_label("Those who reported it read this:").fill("Thank you for telling us.")
    miriam.press("Close")
    assert ruth.ok("GET", "me/reports/")["results"][0]["reply"] == "Thank you for telling us."

    (sanction,) = amos.ok("GET", "me/sanctions/")["results"]
    amos.ok("POST", f"me/sanctions/{sanction['id']}/appeal/", {"text": "I was quoting somebody."})
    micah = staff("moderator", "Micah").seat
    page = micah.page
    page.get_by_role("link", name="Appeals").click()
    page.get_by_role("link", name="Appeal: Harassment").click()
    page.get_by_text("I was quoting somebody.").wait_for()
    micah.press("Take this case")
    micah.press("Take the sanction back")
    page.get_by_label("Who appealed reads this:").fill("You are right, and we are sorry.")
    micah.press("Take the sanction back")
    assert micah.said() == ["Decided."]
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["state"] == "live"
    assert amos.ok("GET", "me/sanctions/")["results"][0]["state"] == "lifted"


def test_a_ban_takes_two_people(ruth, amos, group, staff):
    case = flag(ruth, group, 1, reason="violence")
    miriam = staff("moderator", "Miriam").seat
    miriam.open(f"/admin/cases/{case.pk}/")
    miriam.press("Take this case")
    miriam.press("Ban the account (needs two)")
    miriam.page.get_by_label("Whom it hits reads this:").fill("Two of us agreed.")
    miriam.press("Ban the account")
    assert miriam.said() == ["Proposed: a second person has to confirm it."]
    assert not miriam.page.get_by_role("button", name="Confirm").is_visible()
    assert User.objects.get(pk=amos.user.pk).banned_at is None
    micah = staff("moderator", "Micah").seat
    micah.page.get_by_role("link", name="Waiting for a second person").click()
    micah.press("Ban the account")
    micah.press("Confirm")
    assert micah.said() == ["Confirmed."]
    assert User.objects.get(pk=amos.user.pk).banned_at is not None


def test_two_at_once_get_one_conflict_and_lose_no_note(ruth, group, staff):
    """Both look at the same moment; both write. One is first, and the other's words are still there."""
    case = flag(ruth, group, 1)
    miriam, micah = staff("moderator", "Miriam").seat, staff("moderator", "Micah").seat
    for seat in (miriam, micah):
        seat.open(f"/admin/cases/{case.pk}/decide/dismiss/")
        seat.page.get_by_label("Those who reported it read this:").fill(f"Words of {seat is miriam}.")
    other = miriam.context.new_page()
    other.goto(f"{miriam.home}/admin/cases/{case.pk}/")
    press(other, "Take this case")
    other.get_by_label("What the next one should know").fill("I am talking to both.")
    press(other, "Add the note")
    micah.press("Dismiss")
    conflicts = [text for text in micah.said() if "works on this case" in text or "Look at it" in text]
    assert len(conflicts) == 1, micah.said()
    assert micah.page.get_by_label("copy your words from here").input_value() == "Words of False."
    assert micah.page.get_by_text("I am talking to both.").is_visible()
    # The same person in a second window, which shows the case as it was before.
    stale = miriam.context.new_page()
    stale.goto(f"{miriam.home}/admin/cases/{case.pk}/")
    for page, text in ((other, "First"), (stale, "Second")):
        page.get_by_label("What the next one should know").fill(text)
        press(page, "Add the note")
    assert stale.get_by_label("copy your words from here").input_value() == "Second"
    stale.get_by_label("What the next one should know").fill("Second")
    press(stale, "Add the note")
    notes = stale.locator("section[aria-labelledby=notes] li p:first-child").all_inner_texts()
    assert notes == ["I am talking to both.", "First", "Second"]
