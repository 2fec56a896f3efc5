"""The stages of an erasure, and what others see of it."""

from datetime import timedelta

import pytest

from messaging.models import Conversation, Message, Participant
from moderation import tasks
from moderation.models import CaseParty, Decision, ErasureRequest, LegalHold
from moderation.privacy import erasing
from moderation.privacy.erasing import LATEST, SOONEST, advance, moment_of
from moderation.privacy.preview import left_of
from moderation.privacy.subject import places_of_anonymity, whole
from prayermap.lib.times import utc_now
from tests.factories import PASSWORD
from tests.messaging.actors import actor
from tests.messaging.membership import states
from tests.moderation.privacy.life import ADDRESS, CANARY, erase, live, words_of_others

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def life():
    return live()


@pytest.fixture
def later(monkeypatch):
    """Moves the clock of erasures."""

    def move(by: timedelta) -> None:
        moment = utc_now() + by
        monkeypatch.setattr(erasing, "utc_now", lambda: moment)

    return move


def message(person, conversation, seq):
    found = person.ok("GET", f"conversations/{conversation}/messages/{seq}/")
    return {name: found[name] for name in ("content", "payload", "state", "sender_name", "is_anonymous")}


def test_access_ends_at_once_and_the_address_is_free(life):
    erase(life.user, at_once=False)
    assert life.person.get("me/").refusal == (401, "not_authenticated")
    body = {"email": ADDRESS, "password": PASSWORD}
    assert actor().post("auth/token/", body).refusal == (401, "not_authenticated")
    newcomer = actor("Zephyrine again", email=ADDRESS)
    assert newcomer.ok("GET", "conversations/")["results"] == []


def test_what_was_written_by_name_becomes_tombstones_for_the_others(life):
    amos = life.friends[0]
    erase(life.user, at_once=False)
    tombstone = {
        "content": None,
        "payload": None,
        "state": "erased",
        "sender_name": "Someone",
        "is_anonymous": False,
    }
    assert [message(amos, life.group, seq) for seq in (2, 3)] == [tombstone, tombstone]
    assert message(amos, life.direct, 2)["content"] == "Peace to you"
    quote = amos.ok("GET", f"conversations/{life.direct}/messages/2/")["reply_to"]
    assert quote == {"seq": 1, "sender_name": "Someone", "preview": None}
    assert states(amos, life.group) == {"Amos": "active", "Lydia": "active", "Naomi": "active"}


def test_others_catch_up_with_every_tombstone_by_rev(life):
    amos = life.friends[0]
    before = amos.see(life.group)["rev"]
    erase(life.user, at_once=False)
    changes = amos.ok("GET", f"conversations/{life.group}/changes/?after_rev={before}")
    changed = [(one["seq"], one["state"]) for one in changes["messages"]]
    tombstones = Message.objects.using("owner").filter(conversation=life.group, state="erased")
    assert sorted(seq for seq, state in changed if state == "erased") == sorted(one.seq for one in tombstones)
    assert (1, "live") in changed  # her reaction is gone
    assert [(one["name"], one["state"]) for one in changes["members"]] == [("Someone", "left")]
    assert (changes["complete"], changes["to_rev"]) == (True, amos.see(life.group)["rev"])


def test_anonymous_traces_stand_untouched_until_their_moment(life):
    amos, lydia, _ = life.friends
    anonymous = [message(lydia, life.crowd, 1), message(amos, life.circle, 1), message(lydia, life.crowd, 2)]
    prayers = anonymous_prayers(amos)
    members = states(amos, life.circle)
    request = erase(life.user, at_once=False)
    assert request.state == "settling"
    assert [
        message(lydia, life.crowd, 1),
        message(amos, life.circle, 1),
        message(lydia, life.crowd, 2),
    ] == anonymous
    assert anonymous_prayers(amos) == prayers
    assert states(amos, life.circle) == members
    assert CANARY in anonymous[0]["content"]


def anonymous_prayers(person):
    """Without the counts: she thanked below one under her name."""
    rows = [one for one in person.ok("GET", "prayers/")["results"] if one["is_anonymous"]]
    return [{name: value for name, value in one.items() if name != "response_count"} for one in rows]


def test_each_place_changes_at_a_moment_of_its_own(life, later):
    request = erase(life.user, at_once=False)
    places = places_of_anonymity(life.user.pk)
    moments = sorted(moment_of(request, place) - request.named_at for place in places)
    assert len(set(moments)) == len(places) >= 4
    assert SOONEST <= moments[0] <= moments[-1] <= LATEST
    later(moments[0] + timedelta(seconds=5))
    advance(request.pk)
    assert len(places_with_traces(life)) == len(places) - 1


def places_with_traces(life):
    return [
        place for place in places_of_anonymity(life.user.pk)
        if left_of(erasing.anonymous_part(life.user.pk, place))
    ]  # fmt: skip


def test_a_day_later_nothing_anonymous_is_left_either(life, later):
    amos = life.friends[0]
    request = erase(life.user, at_once=False)
    someone = Participant.objects.using("owner").get(conversation=life.circle, is_anonymous=True)
    amos.say(life.circle, "Still there?", mentions=[str(someone.pk)])  # opens a notification
    assert left_of(whole(life.user.pk))["notification"] >= 1
    later(LATEST + timedelta(minutes=1))
    assert advance(request.pk).state == "done"
    assert left_of(whole(life.user.pk)) == {}
    gone = message(amos, life.circle, 1)
    assert (gone["state"], gone["content"], gone["is_anonymous"]) == ("erased", None, True)
    assert "Someone" not in states(amos, life.circle)


def test_conversations_without_anybody_and_those_of_two_are_closed(life):
    amos = life.friends[0]
    erase(life.user)
    assert amos.try_say(life.direct).refusal == (409, "conflict")
    assert amos.try_say(life.group).status == 201
    alone = Conversation.objects.using("owner").get(pk=life.alone)
    assert (alone.is_active, alone.title, alone.description, alone.active_count) == (False, "", "", 0)


def test_a_group_that_nobody_owned_any_more_has_an_heir(life):
    erase(life.user)
    owners = Participant.objects.using("owner").filter(conversation=life.circle, role="owner")
    assert [one.user.display_name for one in owners] == ["Amos"]


def test_erased_and_anonymous_are_not_the_same(life):
    erase(life.user)
    erased = Message.objects.using("owner").filter(conversation=life.group, state="erased")
    assert {one.is_anonymous for one in erased} == {False}


def test_prayers_with_others_words_stay_without_a_word_of_their_author(life):
    amos = life.friends[0]
    before = len(amos.ok("GET", "prayers/")["results"])
    erase(life.user)
    prayers = amos.ok("GET", "prayers/")["results"]
    hollow = [one for one in prayers if one["title"] == "[erased]"]
    assert (before - len(prayers), len(hollow)) == (2, 2)
    for one in hollow:
        assert (one["body"], one["status"]) == ("[erased]", "closed")
        responses = amos.ok("GET", f"prayers/{one['id']}/responses/")["results"]
        assert [response["content"] for response in responses] == ["With you"]


def test_a_legal_hold_keeps_a_person_until_it_is_released(life):
    hold = LegalHold.objects.using("owner").create(user=life.user, reason="order 7", placed_at=utc_now())
    before = left_of(whole(life.user.pk))
    request = erase(life.user)
    assert (request.state, left_of(whole(life.user.pk))) == ("held", before)
    assert life.person.get("me/").status == 200
    LegalHold.objects.using("owner").filter(pk=hold.pk).update(released_at=utc_now())
    assert advance(request.pk, at_once=True).state == "done"


def test_a_hold_on_a_conversation_keeps_its_members(life):
    LegalHold.objects.using("owner").create(conversation_id=life.group, reason="order 8", placed_at=utc_now())
    assert erase(life.user).state == "held"


def test_others_words_are_untouched(life):
    before = words_of_others(life)
    erase(life.user)
    assert words_of_others(life) == before


def test_what_two_moderators_decided_is_done_by_the_worker(life):
    case = CaseParty.objects.using("owner").filter(user=life.user).first().case
    Decision.objects.using("owner").create(
        case=case, kind="purge", state="effective", reason="other", proposed_by_id=life.friends[0].user.pk,
        approved_by_id=life.friends[1].user.pk,
    )  # fmt: skip
    tasks.erase_due(0)
    assert life.person.get("me/").status == 401
    request = ErasureRequest.objects.using("owner").get()
    assert (request.user_id, request.origin, request.state) == (life.user.pk, "officer", "settling")
    tasks.erase_due(0)
    assert ErasureRequest.objects.using("owner").count() == 1
