"""One conversation goes into its members' archives and comes back: who may, what it means, and what keeps it."""

import psycopg
import pytest
from django.urls import reverse

from accounts.models import User
from messaging.models import Participant
from moderation.enums import DecisionKind
from moderation.models import AuditEntry, ConversationArchival, LegalHold
from moderation.services.deciding import undo_decision
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.times import utc_now
from tests.messaging.actors import new_id
from tests.messaging.lines import acting, line, owner
from tests.moderation.cases import decided, flag
from tests.moderation.entering import browser_for, browser_of_kind, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True


@pytest.fixture
def browser():
    return browser_for(make_person("privacy officer", "Nehemiah"))


def address(step: str, room: str) -> str:
    return reverse(f"admin:archive_conversation_{step}", args=[room])


def take(browser, step: str, room: str) -> str:
    """Take the step; what the next page says of it."""
    return browser.post(address(step, room), follow=True).content.decode()


def listed(person, **filters) -> list[str]:
    query = "&".join(f"{name}={value}" for name, value in filters.items())
    return [row["id"] for row in person.ok("GET", f"conversations/?{query}")["results"]]


def me_rev(person) -> int:
    return person.ok("POST", "sync/", {"positions": {}})["me_rev"]


def trail() -> list[tuple[str, str]]:
    found = AuditEntry.objects.using("owner").filter(action__startswith="archive.").order_by("number")
    return [(action, str(subject)) for action, subject in found.values_list("action", "subject")]


def test_the_question_says_in_numbers_what_will_happen_and_does_nothing(browser, ruth, amos, lydia):
    room = ruth.group(amos, title="Mahershalal")
    ruth.ok("POST", f"conversations/{room}/members/", {"user": lydia.id})
    amos.ok("PATCH", f"conversations/{room}/me/", {"archived": True})
    ruth.say(room, "Hashbaz")
    seen = browser.get(address("archive", room)).content.decode()
    for said in (
        "Messages so far: 1.",
        "Members: 2; invited or waiting: 1.",
        "leaves the lists of 2 for their archives",
        "group_prayer",
    ):
        assert said in seen
    assert "Mahershalal" not in seen
    assert "Hashbaz" not in seen
    assert ruth.see(room)["is_active"]
    assert trail() == []


def test_nobody_writes_or_enters_any_more_and_everybody_reads_on(browser, ruth, amos, lydia):
    room = ruth.group(amos, is_private=False)
    ruth.ok("POST", f"conversations/{room}/members/", {"user": lydia.id})
    ruth.say(room, "Before")
    assert "It is archived." in take(browser, "archive", room)
    messages = f"conversations/{room}/messages/"
    refused = {
        "send": ruth.try_say(room),
        "queued": ruth.try_say(room, client_id=new_id()),
        "edit": ruth.patch(f"{messages}1/", {"content": "After"}),
        "react": amos.call("PUT", f"{messages}1/reactions/🙏/"),
        "pin": ruth.call("PUT", f"{messages}1/pin/"),
        "accept": lydia.post(f"conversations/{room}/accept/"),
        "join": lydia.post(f"conversations/{room}/join/"),
        "invite": ruth.post(
            f"conversations/{room}/members/", {"user": str(make_person("member", "Boaz").pk)}
        ),
    }
    assert {name: answer.refusal for name, answer in refused.items()} == dict.fromkeys(
        refused, (409, "conflict")
    )
    for person in (ruth, amos):
        assert person.ok("GET", messages)["results"][0]["content"] == "Before"
        assert person.see(room)["is_active"] is False
    assert amos.ok("GET", "messages/search/?q=before")["results"]
    # Whoever wants to go or to take back their words still can.
    lydia.ok("POST", f"conversations/{room}/decline/")
    ruth.ok("DELETE", f"{messages}1/?scope=all")
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")


def test_it_leaves_the_lists_for_the_archives_and_comes_back_as_each_had_it(browser, ruth, amos, lydia):
    room, other = ruth.group(amos, lydia), ruth.group(amos, lydia)
    amos.ok("PATCH", f"conversations/{room}/me/", {"archived": True})
    own = amos.see(room)["my_member"]["archived_at"]
    before = [me_rev(person) for person in (ruth, amos, lydia)]
    take(browser, "archive", room)
    for person in (ruth, amos, lydia):
        assert listed(person, archived="false") == [other]
        assert listed(person, archived="true") == [room]
    after = [me_rev(person) for person in (ruth, amos, lydia)]
    assert [new - old for new, old in zip(after, before, strict=True)] == [1, 0, 1]
    # Lydia takes it out of her archive and puts it there again: that is now her own mark.
    for archived in (False, True):
        lydia.ok("PATCH", f"conversations/{room}/me/", {"archived": archived})
    hers = lydia.see(room)["my_member"]["archived_at"]
    assert "It is back." in take(browser, "restore", room)
    assert ruth.see(room)["my_member"]["archived_at"] is None
    assert amos.see(room)["my_member"]["archived_at"] == own
    assert lydia.see(room)["my_member"]["archived_at"] == hers
    assert ruth.say(room, "Again")["seq"] == 1
    assert trail() == [("archive.conversation_moved", room), ("archive.conversation_restored", room)]


def test_a_direct_conversation_is_found_closed_and_not_entered_again(browser, ruth, amos):
    room = ruth.direct(amos)
    amos.ok("DELETE", f"conversations/{room}/members/{amos.member_id(room)}/")
    take(browser, "archive", room)
    again = {"kind": "direct_message", "members": [ruth.id]}
    assert amos.post("conversations/", again).refusal == (409, "conflict")
    found = ruth.ok("POST", "conversations/", {"kind": "direct_message", "members": [amos.id]})
    assert (found["id"], found["is_active"]) == (room, False)
    assert {row["state"] for row in found["members"]} == {"active"}
    take(browser, "restore", room)
    assert amos.ok("POST", "conversations/", again)["is_active"]


def test_what_is_held_or_under_review_stays(browser, ruth, amos):
    room = ruth.group(amos)
    holds = LegalHold.objects.using("owner")
    for target in ({"conversation_id": room}, {"user": amos.user}):
        hold = holds.create(reason="order 40", placed_at=utc_now(), **target)
        assert (
            "A legal hold keeps this conversation" in browser.get(address("archive", room)).content.decode()
        )
        assert "A legal hold keeps this conversation" in take(browser, "archive", room)
        holds.filter(pk=hold.pk).update(released_at=utc_now())
    case = flag(amos, room)
    assert "An open case is about" in take(browser, "archive", room)
    decided(make_person("moderator"), case, DecisionKind.DISMISS)
    assert ruth.see(room)["is_active"]
    assert "It is archived." in take(browser, "archive", room)
    assert "It is archived already." in take(browser, "archive", room)
    take(browser, "restore", room)
    assert "It isn&#x27;t archived." in take(browser, "restore", room)
    assert ruth.see(room)["is_active"]


def test_what_moderators_closed_stays_closed_when_it_comes_back(browser, ruth, amos):
    room = ruth.group(amos)
    miriam = make_person("moderator")
    frozen = decided(miriam, flag(amos, room), DecisionKind.FREEZE_CONVERSATION)
    owner("UPDATE moderation_case SET state = 'closed', outcome = 'acted', closed_at = now()")
    take(browser, "archive", room)
    take(browser, "restore", room)
    assert ruth.see(room)["is_active"] is False
    assert ruth.see(room)["my_member"]["archived_at"] is None
    # The decision is undone while it is archived: open when it comes back, and not before.
    take(browser, "archive", room)
    with acting_as_staff(miriam):
        undo_decision(decision_id=frozen.pk, kind=frozen.kind)
    assert ruth.try_say(room).refusal == (409, "conflict")
    take(browser, "restore", room)
    ruth.say(room)


def test_what_an_erasure_closed_stays_closed(browser, ruth, amos):
    room = ruth.direct(amos)
    take(browser, "archive", room)
    # As erase_member() leaves it.
    User.objects.using("owner").filter(pk=amos.user.pk).update(erased_at=utc_now(), is_active=False)
    Participant.objects.using("owner").filter(user=amos.user).update(state="left", archived_at=None)
    take(browser, "restore", room)
    assert ruth.see(room)["is_active"] is False
    assert ruth.see(room)["my_member"]["archived_at"] is None


def test_it_is_found_by_its_id_and_stands_in_the_list_until_it_is_back(browser, ruth, amos):
    room = ruth.group(amos)
    find = reverse("admin:archive_find")
    assert browser.post(find, {"conversation": room}).headers["Location"] == address("archive", room)
    for wrong in ("", "no id", "00000000-0000-0000-0000-000000000000"):
        assert browser.post(find, {"conversation": wrong}).status_code == 200
    nobody = address("archive", "00000000-0000-0000-0000-000000000000")
    assert browser.get(nobody).status_code == browser.post(nobody).status_code == 404
    take(browser, "archive", room)
    seen = browser.get(reverse("admin:archive")).content.decode()
    assert address("restore", room) in seen
    assert "Nehemiah" in seen
    take(browser, "restore", room)
    assert address("restore", room) not in browser.get(reverse("admin:archive")).content.decode()
    assert ConversationArchival.objects.using("owner").get().restored_at is not None


def test_the_page_of_a_conversation_leads_there_for_whoever_may(ruth, amos):
    room = ruth.group(amos)
    own = reverse("admin:messaging_conversation_change", args=[room])
    root = browser_of_kind("superuser")
    assert address("archive", room) in root.get(own).content.decode()
    take(root, "archive", room)
    assert address("restore", room) in root.get(own).content.decode()
    assert address("restore", room) not in browser_of_kind("moderator").get(own).content.decode()


def test_others_neither_archive_nor_read_of_it(browser, ruth, amos):
    room, other = ruth.group(amos), ruth.group(amos)
    take(browser, "archive", other)
    for kind in ("moderator", "senior moderator", "administrator"):
        their = browser_of_kind(kind)
        for step in ("archive", "restore"):
            assert their.get(address(step, room)).status_code == 403
            assert their.post(address(step, room)).status_code == 403
    miriam = make_person("moderator", "Micah")
    with line() as request:
        with acting(request, "prayermap_staff", miriam.pk):
            assert request.execute("SELECT 1 FROM conversation_archival").fetchall() == []
            assert request.execute(f"SELECT * FROM archival_preview('{room}')").fetchall() == []
            done = request.execute(f"SELECT outcome FROM archive_conversation('{room}', gen_random_uuid())")
            assert done.fetchone().outcome == "not_found"
            assert (
                request.execute(f"SELECT outcome FROM restore_conversation('{other}')").fetchone().outcome
                == "not_found"
            )
        for role in ("prayermap_member", "prayermap_writer"):
            for statement in (
                "SELECT 1 FROM conversation_archival",
                f"SELECT archive_conversation('{room}', gen_random_uuid())",
                f"SELECT restore_conversation('{other}')",
                f"SELECT archival_preview('{room}')",
            ):
                with pytest.raises(psycopg.errors.InsufficientPrivilege), acting(request, role, ruth.user.pk):
                    request.execute(statement)
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            acting(request, "prayermap_staff", miriam.pk),
        ):
            request.execute(f"SELECT people_listing('{room}')")
    assert ruth.see(room)["is_active"]
    assert not ruth.see(other)["is_active"]
