"""What pages of single rows say, and what they don't."""

import pytest
from django.contrib.admin.models import LogEntry
from django.db import connections
from django.utils.timezone import now

from accounts.models import Session, User
from messaging.models import DeliveryStatus, Mention, Participant
from prayermap.lib.news import SessionEnded
from tests.accounts.conftest import told as told  # noqa: PLC0414 - a fixture
from tests.factories import bearer, make_user
from tests.messaging.actors import actor
from tests.moderation.addresses import addresses
from tests.moderation.entering import browser_of
from tests.moderation.test_lists import list_of, page_of
from tests.moderation.world import CANARY, make_member, make_world

pytestmark = pytest.mark.django_db(transaction=True)
#: Apps on whose pages somebody anonymous may stand.
OF_WHAT_IS_SAID = ("messaging", "prayers")


@pytest.fixture
def browser(settings):
    settings.DEBUG = True
    return browser_of("superuser")


@pytest.fixture
def moderator(settings):
    settings.DEBUG = True
    return browser_of("moderator")


def sections_of(browser, row) -> dict[str, list[list[str]]]:
    found = browser.get(page_of(type(row), row.pk)).context["sections"]
    return {part.title: [[str(value) for value in row] for row in part.rows] for part in found}


def test_what_was_written_reaches_no_page_but_the_cases(browser):
    make_world()
    for address in addresses():
        if address.kind != "logout":
            answer = browser.get(address.path)
            assert (CANARY in answer.content.decode()) == (address.kind == "case_page"), address


def test_rows_with_two_part_keys_stand_on_their_parents_pages(browser):
    world = make_world()
    message = sections_of(browser, world.message)
    assert [row[0] for row in message["Delivery"]] == [member_link(world.amos, world)]
    assert {row[0] for row in message["Mentioned"]} == {
        member_link(world.amos, world),
        f'<a href="{page_of(Participant, world.anonymous.pk)}">Someone</a>',
    }
    amos = Participant.objects.using("owner").get(user_id=world.amos.pk)
    assert [row[0] for row in sections_of(browser, amos)["Mentions"]] == ["1"]
    assert len(sections_of(browser, world.ruth)["Remembered requests"]) == 1


def member_link(user: User, world) -> str:
    member = Participant.objects.using("owner").get(user_id=user.pk, conversation_id=world.conversation.pk)
    return f'<a href="{page_of(Participant, member.pk)}">{user.display_name}</a>'


def test_who_an_anonymous_member_is_stands_nowhere(browser):
    world = make_world()
    on_the_member = browser.get(page_of(Participant, world.anonymous.pk)).content.decode()
    assert "Someone" in on_the_member
    assert str(world.lydia.pk) not in on_the_member
    person = sections_of(browser, world.lydia)
    assert (person["Conversations"], person["Remembered requests"]) == ([], [])
    for address in addresses():
        content = (
            browser.get(address.path).content.decode() if address.label.startswith(OF_WHAT_IS_SAID) else ""
        )
        if "personstate" not in address.label:
            assert "Lydia" not in content, address


def test_someone_who_is_there_under_their_name_too_is_not_given_away(browser):
    world = make_world()
    make_member(world.conversation, world.lydia)
    person = sections_of(browser, world.lydia)
    assert len(person["Conversations"]) == 1
    assert person["Remembered requests"] == []


def test_a_section_is_bounded_and_says_so(browser):
    world = make_world()
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO mention (participant_id, seq, message_id) SELECT %s, n, %s FROM generate_series(2, 200) n",
            [world.named.pk, world.message.pk],
        )
    page = browser.get(page_of(Participant, world.named.pk))
    [mentions] = page.context["sections"]
    assert (len(mentions.rows), mentions.has_more) == (50, True)
    assert b"There are more; these are the first 50." in page.content


def test_models_with_two_part_keys_have_no_pages_of_their_own(browser):
    for model in (DeliveryStatus, Mention):
        assert browser.get(f"/admin/messaging/{model._meta.model_name}/").status_code == 404


def test_titles_and_the_log_name_no_person(browser):
    amos = make_user("Amos Who Is Private")
    form = {"display_name": "Amos Renamed", "timezone": "UTC", "is_active": "on"}
    assert browser.post(page_of(User, amos.pk), form).status_code == 302
    entry = LogEntry.objects.get()
    assert (entry.object_repr, entry.change_message) == (
        str(amos.pk),
        '[{"changed": {"fields": ["Display name"]}}]',
    )
    for path in (page_of(User, amos.pk), page_of(User, amos.pk).replace("change", "history"), list_of(User)):
        title = browser.get(path).content.decode().partition("<title>")[2].partition("</title>")[0]
        assert "Amos" not in title


def test_a_moderator_renames_members_but_no_moderator(moderator):
    amos, micah = make_user("Amos"), make_user("Micah", is_staff=True)
    form = {"display_name": "Another", "timezone": "UTC"}
    assert moderator.post(page_of(User, amos.pk), form).status_code == 302
    assert moderator.post(page_of(User, micah.pk), form).status_code == 403
    names = {user.pk: user.display_name for user in User.objects.filter(pk__in=[amos.pk, micah.pk])}
    assert names == {amos.pk: "Another", micah.pk: "Micah"}


def test_a_new_name_given_by_a_moderator_is_told_in_conversations(moderator):
    amos, ruth = actor("Amos"), actor("Ruth")
    named, hidden = amos.group(ruth), amos.group(ruth, is_anonymous=True)
    before = {room: ruth.see(room)["rev"] for room in (named, hidden)}
    moderator.post(page_of(User, amos.user.pk), {"display_name": "Another", "timezone": "UTC"})
    assert {room: ruth.see(room)["rev"] for room in before} == before | {named: before[named] + 1}
    (told,) = ruth.ok("GET", f"conversations/{named}/changes/?after_rev={before[named]}")["members"]
    assert (told["name"], told["user"]) == ("Another", amos.id)


def test_a_moderator_makes_nobody_staff_and_shuts_nobody_out(moderator):
    amos = make_user("Amos")
    form = {"display_name": "Amos", "timezone": "UTC", "is_staff": "on", "is_superuser": "on"}
    moderator.post(page_of(User, amos.pk), form)
    amos.refresh_from_db()
    assert (amos.is_staff, amos.is_superuser, amos.is_active) == (False, False, True)


def test_whoever_is_shut_out_is_signed_out(browser, told):
    amos = make_user("Amos")
    headers = bearer(amos)
    session = Session.objects.get(user=amos)
    browser.post(page_of(User, amos.pk), {"display_name": "Amos", "timezone": "UTC"})
    session.refresh_from_db()
    assert (session.end_reason, session.ended_at <= now()) == ("revoked", True)
    assert ("session.ended", SessionEnded(str(session.pk), 4501, "revoked")) in told
    assert browser.get("/api/v1/me/", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "path", ["/admin/", "/admin/accounts/user/", "/accounts/login/", "/api/v1/me/", "/healthz"]
)
def test_every_answer_says_what_a_browser_may_run(browser, path):
    answer = browser.get(path)
    assert answer["Content-Security-Policy"].startswith("default-src 'self'; ")
    assert "unsafe" not in answer["Content-Security-Policy"]
    assert (answer["Referrer-Policy"], answer["X-Frame-Options"]) == ("same-origin", "DENY")


@pytest.mark.parametrize("path", ["/api/v1/docs/", "/api/v1/asyncapi/"])
def test_documentation_runs_no_script_of_its_own_page(client, path):
    answer = client.get(path)
    assert "script-src" not in answer["Content-Security-Policy"]
    assert "<script>" not in answer.content.decode()


def test_no_admin_page_carries_a_script_or_style_of_its_own(browser):
    make_world()
    for address in addresses():
        if address.kind in ("logout", "jsi18n", "catch-all"):
            continue
        page = browser.get(address.path).content.decode()
        inline = [mark for mark in ("<script>", "<style", " style=", " onclick=") if mark in page]
        assert inline == [], address
