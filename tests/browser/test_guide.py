"""The hour that docs/moderators.md describes, step by step, with its pictures."""

import re

import pytest

from tests.browser.chromium import TELEPHONE
from tests.browser.pictures import LARGEST, PLACE, Album
from tests.messaging.realtime.serving import ROOT
from tests.moderation.cases import flag

pytestmark = pytest.mark.django_db(transaction=True)

GUIDE = ROOT / "docs" / "moderators.md"
WINDOW = {"width": 960, "height": 840}


def test_the_pictures_of_the_guide_are_those_of_this_walk(ruth, amos, lydia, group, staff):
    album = Album()
    flag(ruth, group, 1, note="He writes this every evening.")
    lydia.say(group, "I can't go on. I have thought about how to end it.")
    flag(ruth, group, 2, reason="self_harm", note="Please look after her.")
    amos.say(group, "I will find you")
    threat = flag(ruth, group, 3, reason="violence")
    miriam = staff("moderator", "Miriam", viewport=WINDOW).seat
    album.take(miriam, "now")
    miriam.press("Cases")
    miriam.page.get_by_role("button", name="Toggle navigation").click()
    album.take(miriam, "queue")
    miriam.press("Message: Self-harm or suicide")
    miriam.press("Take this case")
    album.take(miriam, "self-harm")

    miriam.open("/admin/cases/")
    miriam.press("Message: Harassment")
    miriam.press("Take this case")
    album.take(miriam, "case")
    miriam.press("Hide the message")
    album.take(miriam, "decide")
    miriam.press("Hide the message")
    assert miriam.said() == ["Decided."]
    miriam.page.get_by_role("heading", name="Notes").scroll_into_view_if_needed()
    album.take(miriam, "decided")

    miriam.open(f"/admin/cases/{threat.pk}/")
    miriam.press("Take this case")
    miriam.press("Ban the account (needs two)")
    miriam.press("Ban the account")
    (sanction,) = amos.ok("GET", "me/sanctions/")["results"]
    amos.ok("POST", f"me/sanctions/{sanction['id']}/appeal/", {"text": "I was quoting what was said to me."})
    micah = staff("moderator", "Micah", viewport=WINDOW).seat
    micah.press("Cases")
    micah.page.get_by_role("button", name="Toggle navigation").click()
    micah.press("Second person")
    album.take(micah, "second-person")
    micah.press("Appeals")
    micah.press("Appeal: Harassment")
    micah.press("Take this case")
    album.take(micah, "appeal")
    micah.page.set_viewport_size(TELEPHONE)
    micah.page.emulate_media(color_scheme="dark")
    micah.open("/admin/cases/")
    album.take(micah, "telephone")

    shown = re.findall(r"\]\(images/moderators/([\w-]+)\.png\)", GUIDE.read_text())
    assert sorted(shown) == sorted(album.names)


def test_no_picture_is_large_and_none_lies_about_unused():
    sizes = {path.stem: path.stat().st_size for path in PLACE.glob("*.png")}
    assert {name: size for name, size in sizes.items() if size >= LARGEST} == {}
    assert set(sizes) == set(re.findall(r"\]\(images/moderators/([\w-]+)\.png\)", GUIDE.read_text()))
