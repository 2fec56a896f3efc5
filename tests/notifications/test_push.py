"""Pushes arrive as a browser understands them, once, say no more than ids, and are taken back."""

import json
from datetime import timedelta

import pytest

from tests.messaging.lines import owner
from tests.notifications.delivering import deliver, later, opened, options, subscribe, waiting, why
from tests.notifications.looking import inbox, is_notified, one, reads
from tests.notifications.push_service import claims_of

pytestmark = pytest.mark.django_db(transaction=True)


def test_push_is_opened_by_the_browser_and_carries_ids_only(ruth, amos, service):
    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    ruth.say(room, "a secret illness")
    deliver()
    (push,) = service.to("/amos")
    row = one(amos, "message_received")
    assert browser.opened(push.body) == {
        "type": "notification", "unread_count": 1, "id": row["id"], "kind": "message_received", "conversation": room,
        "tag": room,
    }  # fmt: skip
    assert (push.headers["Content-Encoding"], push.headers["Urgency"], push.headers["TTL"]) == (
        "aes128gcm", "high", "86400",
    )  # fmt: skip
    assert why(amos) == [("push", "sent", "due")]


def test_push_is_signed_for_its_service_by_the_key_that_browsers_subscribe_with(
    ruth, amos, service, settings
):
    settings.VAPID_SUBJECT = "mailto:operator@example.org"
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    deliver()
    (push,) = service.to("/amos")
    claims = claims_of(push)
    assert (claims["aud"], claims["sub"]) == (service.origin, "mailto:operator@example.org")
    assert later(0).timestamp() < claims["exp"] <= later(24 * 3_600).timestamp()
    assert claims["k"] == amos.ok("GET", "notifications/vapid-key/")["key"]


def test_preview_goes_along_for_who_wants_it_and_the_length_tells_nothing(ruth, amos, lydia, service):
    room = ruth.group(amos, lydia)
    wanting, plain = subscribe(amos, service), subscribe(lydia, service)
    options(amos, previews=True)
    ruth.say(room, "Peace to you", is_anonymous=True)
    deliver()
    (shown,), (bare,) = service.to("/amos"), service.to("/lydia")
    payload = wanting.opened(shown.body)
    assert (payload["title"], payload["sender_name"], payload["preview"]) == (
        "Evening",
        "Someone",
        "Peace to you",
    )
    assert not {"title", "sender_name", "preview"} & plain.opened(bare.body).keys()
    assert len(shown.body) == len(bare.body)


def test_topic_is_the_same_for_a_conversation_and_says_nothing_to_others(ruth, amos, lydia, service):
    room, other = ruth.group(amos, lydia), ruth.direct(amos)
    subscribe(amos, service)
    subscribe(lydia, service)
    ruth.say(room)
    ruth.say(other)
    deliver()
    topics = {push.headers["Topic"] for push in service.to("/amos")}
    assert len(topics) == 2
    assert not topics & {push.headers["Topic"] for push in service.to("/lydia")}
    reads(amos, room, 1)
    ruth.say(room)
    deliver(later(1_000))
    assert {push.headers["Topic"] for push in service.to("/amos")} == topics
    assert all(len(topic) <= 32 for topic in topics)
    assert not [topic for topic in topics if topic in room or room[:8] in topic]


def test_nothing_is_sent_before_its_time(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    deliver(later(5))
    assert (service.pushes, why(amos)) == ([], [])


def test_what_is_read_meanwhile_is_not_sent(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    reads(amos, room, 1)
    deliver()
    assert (service.pushes, waiting()) == ([], 0)


def test_what_is_read_between_deciding_and_sending_is_not_sent(ruth, amos, service):
    from notifications.services.pushing import send_pushes
    from notifications.services.routing import route_due

    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    route_due(now=later())
    reads(amos, room, 1)
    send_pushes(now=later())
    assert (service.pushes, waiting()) == ([], 0)


def test_ten_messages_are_one_push_and_the_next_window_one_more(ruth, amos, service, settings):
    settings.PUSH_WINDOW_SECONDS = 120
    room = ruth.direct(amos)
    subscribe(amos, service)
    for _ in range(5):
        ruth.say(room)
    deliver()
    for _ in range(5):
        ruth.say(room)
        deliver()
    assert len(service.pushes) == 1
    assert ("push", "held", "collapsed") in why(amos)
    deliver(later(140))
    assert len(service.pushes) == 2
    deliver(later(600))
    assert len(service.pushes) == 2
    assert one(amos, "message_received")["count"] == 10


def test_conversation_read_within_the_window_pushes_anew(ruth, amos, service):
    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    ruth.say(room)
    deliver()
    reads(amos, room, 1)
    deliver()
    ruth.say(room)
    deliver()
    types = [payload["type"] for payload in opened(browser, service.pushes)]
    assert types == ["notification", "withdraw", "notification"]


def test_read_elsewhere_takes_it_back_from_the_devices(ruth, amos, service):
    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    ruth.say(room)
    deliver()
    reads(amos, room, 1)
    deliver(later(1))
    shown, withdrawn = service.to("/amos")
    row = inbox(amos, "?unread=false")[0]
    assert browser.opened(withdrawn.body) == {
        "type": "withdraw",
        "unread_count": 0,
        "id": row["id"],
        "tag": room,
    }
    assert withdrawn.headers["Topic"] == shown.headers["Topic"]
    assert ("push", "withdrawn", "read") in why(amos)
    deliver(later(1_000))
    assert len(service.pushes) == 2


def test_deleted_message_takes_it_back(ruth, amos, service):
    from tests.notifications.test_closing import gone

    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    ruth.say(room)
    deliver()
    gone(room, 1)
    deliver(later(1))
    assert [payload["type"] for payload in opened(browser, service.to("/amos"))] == [
        "notification",
        "withdraw",
    ]


def test_every_device_of_a_person_gets_it(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service, "/phone")
    subscribe(amos, service, "/laptop")
    ruth.say(room)
    deliver()
    assert sorted(push.path for push in service.pushes) == ["/laptop", "/phone"]


def test_strangers_request_is_never_pushed(ruth, amos, service):
    subscribe(amos, service)
    ruth.group(amos, accepted=False)
    deliver(later(10_000))
    assert service.pushes == []


def test_invitation_by_an_acquaintance_is_pushed(ruth, amos, service):
    ruth.group(amos)
    browser = subscribe(amos, service)
    ruth.group(amos, accepted=False)
    deliver()
    assert [payload["kind"] for payload in opened(browser, service.pushes)] == ["conversation_invite"]


def test_without_a_device_nothing_is_tried_and_the_reason_is_kept(ruth, amos):
    room = ruth.direct(amos)
    ruth.say(room)
    deliver()
    assert why(amos) == [("push", "dropped", "no_device")]


def test_kind_that_is_turned_off_is_not_pushed(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    options(amos, kinds={"message_received": {"push": False}})
    ruth.say(room)
    deliver()
    assert (service.pushes, why(amos)) == ([], [("push", "dropped", "preference")])


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"muted_until": "2099-01-01T00:00:00Z"}, "muted"), ({"notification_level": "none"}, "level")],
)
def test_conversation_that_is_muted_meanwhile_is_not_pushed(ruth, amos, service, change, reason):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    amos.ok("PATCH", f"conversations/{room}/me/", change)
    deliver()
    assert (service.pushes, why(amos)) == ([], [("push", "dropped", reason)])


def test_signed_out_device_gets_nothing_more(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    owner(
        "UPDATE accounts_session SET ended_at = now(), end_reason = 'signed_out' WHERE user_id = %s", amos.id
    )
    deliver()
    assert service.pushes == []


def test_suspended_person_gets_nothing(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    owner(
        "UPDATE accounts_user SET suspended_until = now() + interval '1 day', suspension_reason_code = 'x'"
        " WHERE id = %s",
        amos.id,
    )
    deliver()
    assert service.pushes == []


def test_what_has_been_pushed_tells_again_of_later_messages(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    assert is_notified(amos, room)
    deliver()
    assert not is_notified(amos, room)


def test_payload_of_the_longest_names_stays_small(ruth, amos, service):
    ruth.ok("PATCH", "me/", {"display_name": "Ж" * 100})
    room = ruth.group(amos, title="𝄞" * 100)
    browser = subscribe(amos, service)
    options(amos, previews=True)
    ruth.say(room, "\u0001x" * 5_000)
    deliver()
    (push,) = service.pushes
    assert len(push.body) < 4_096
    assert len(browser.opened(push.body)["preview"]) == 100
    assert json.dumps(browser.opened(push.body))


def test_old_reasons_are_forgotten(ruth, amos):
    from notifications.services.recording import purge_decisions

    room = ruth.direct(amos)
    ruth.say(room)
    deliver()
    assert purge_decisions(later(0) + timedelta(days=6)) == 0
    assert purge_decisions(later(0) + timedelta(days=8)) == 1
    assert why(amos) == []
