"""send_messages(): slow mode, frozen groups, files, disappearing messages, and whom it notifies."""

from datetime import timedelta
from uuid import UUID, uuid4

import pytest
from django.utils.timezone import now

from messaging.models import Attachment, MediaBlob
from messaging.schemas.messages import SendMessage
from messaging.services.sending import send_request
from prayermap.lib.ids import uuid7_at
from tests.messaging.actors import new_id
from tests.messaging.lines import as_writer, line, owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def send():
    with line() as opened:
        yield lambda *requests: as_writer(opened, "send_messages", list(requests))


def request(author, room, content="hello", *, type_="text", client_id=None, **more):
    body = SendMessage(type=type_, content=content, client_id=UUID(client_id or new_id()), **more)
    return send_request(author=author.user.pk, conversation_id=UUID(str(room)), body=body)


def upload(person, kind="image"):
    blob = MediaBlob.objects.using("owner").create(
        kind=kind, content_type=f"{kind}/x", digest="0" * 64, storage_name=str(uuid4()), size=9, width=3
    )
    return Attachment.objects.using("owner").create(user_id=person.user.pk, blob=blob)


def outcomes(rows):
    return [row.outcome for row in rows]


def notifications(kind="message_received"):
    rows = owner(
        "SELECT u.display_name AS name, n.count, n.first_seq, n.read_at IS NULL AS is_open FROM notification n"
        " JOIN accounts_user u ON u.id = n.user_id WHERE n.kind = %s ORDER BY 1",
        kind,
    )
    return [tuple(row) for row in rows]


def test_in_slow_mode_members_take_turns_and_admins_need_not(send, ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    owner("UPDATE conversation SET slow_mode_s = 60 WHERE id = %s", room)
    rows = send(*(request(who, room) for who in (amos, amos, lydia, ruth, ruth)))
    assert outcomes(rows) == ["ok", "rate_limited", "ok", "ok", "ok"]
    assert [row.seq for row in rows if row.outcome == "ok"] == [1, 2, 3, 4]
    (late,) = send(request(amos, room))
    assert late.outcome == "rate_limited"
    assert 50_000 < late.retry_after_ms <= 60_000
    refused = amos.try_say(room)
    assert refused.refusal == (429, "rate_limited")
    assert 50 <= int(refused.headers["Retry-After"]) <= 60
    owner("UPDATE slow_mode_turn SET sent_at = sent_at - interval '1 minute'")
    assert outcomes(send(request(amos, room, is_anonymous=True))) == ["ok"]
    assert outcomes(send(request(amos, room))) == ["rate_limited"]


def test_a_frozen_group_takes_words_of_its_admins_only(send, ruth, amos):
    room = ruth.group(amos)
    owner("UPDATE conversation SET is_frozen = true WHERE id = %s", room)
    assert outcomes(send(request(amos, room), request(ruth, room))) == ["forbidden", "ok"]


def test_whom_a_moderator_has_silenced_here_writes_elsewhere(send, ruth, amos):
    room, other = ruth.group(amos), ruth.direct(amos)
    owner(
        "UPDATE participant SET silenced_until = now() + interval '1 hour' WHERE id = %s",
        amos.member_id(room),
    )
    assert outcomes(send(request(amos, room), request(amos, other))) == ["forbidden", "ok"]


def test_a_message_disappears_when_its_conversation_says_so(send, ruth, amos):
    room = ruth.direct(amos)
    assert send(request(ruth, room))[0].expires_at is None
    owner("UPDATE conversation SET disappear_after_s = 3600 WHERE id = %s", room)
    (row,) = send(request(ruth, room))
    assert row.expires_at - row.created_at == timedelta(hours=1)
    (stored,) = owner("SELECT expires_at FROM message WHERE id = %s", row.id)
    assert stored.expires_at == row.expires_at
    assert amos.ok("GET", f"conversations/{room}/messages/2/")["expires_at"].startswith(
        f"{row.expires_at:%Y-%m-%d}"
    )


def test_an_upload_goes_with_one_message_and_a_copy_with_the_next(send, ruth, amos):
    room, file = ruth.direct(amos), upload(ruth)
    first, second = (request(ruth, room, None, type_="image", attachment=file.id) for _ in range(2))
    rows = send(first, second, request(ruth, room, None, type_="image", attachment=file.id))
    assert outcomes(rows) == ["ok"] * 3
    assert next(row.attachment for row in rows) == file.id
    assert len({row.attachment for row in rows}) == 3
    assert rows[1].media == {
        "content_type": "image/x", "size": 9, "width": 3, "height": None, "duration_ms": None, "has_thumbnail": False
    }  # fmt: skip
    stored = owner("SELECT a.id, a.message_id, a.blob_id FROM attachment a JOIN message m ON m.id = a.message_id"
                   " AND m.attachment_id = a.id ORDER BY m.seq")  # fmt: skip
    assert [row.message_id for row in stored] == [row.id for row in rows]
    assert {row.blob_id for row in stored} == {file.blob_id}


def test_only_ones_own_upload_of_the_right_kind_can_be_sent(send, ruth, amos):
    room, mine, sound, foreign = ruth.direct(amos), upload(ruth), upload(ruth, "audio"), upload(amos)
    sent = [
        request(ruth, room, None, type_="image", attachment=id_)
        for id_ in (mine.id, sound.id, foreign.id, uuid4())
    ]
    assert outcomes(send(*sent)) == ["ok", *["invalid:attachment"] * 3]


def test_the_queue_has_the_age_of_an_id_judged_at_its_own_time(send, ruth, amos):
    room = ruth.direct(amos)
    taken = now() - timedelta(days=40)
    old = str(uuid7_at(int((taken - timedelta(days=1)).timestamp() * 1000)))
    sent = request(ruth, room, client_id=old)
    assert outcomes(send(sent)) == ["client_id_invalid"]
    owner(
        "SELECT create_message_month(date_trunc('month', %s::timestamptz)::date)", taken - timedelta(days=1)
    )
    assert outcomes(send(sent | {"accepted_at": taken.isoformat()})) == ["ok"]


def test_one_notification_is_opened_and_stays_the_same_until_it_is_read(send, ruth, amos, lydia):
    room = ruth.group(amos, lydia)
    rows = send(request(ruth, room), request(ruth, room))
    assert [sorted(row.opened or []) for row in rows] == [sorted([amos.user.pk, lydia.user.pk]), []]
    assert notifications() == [("Amos", 2, 1, True), ("Lydia", 2, 1, True)]
    (third,) = send(request(ruth, room))
    assert third.opened is None
    (fourth,) = send(request(amos, room))
    assert fourth.opened == [ruth.user.pk]
    assert [name for name, *_ in notifications()] == ["Amos", "Lydia", "Ruth"]


def test_who_writes_and_is_told_in_one_batch_keeps_both(send, ruth, amos):
    room = ruth.direct(amos)
    send(request(ruth, room), request(amos, room))
    assert notifications() == [("Amos", 1, 1, True), ("Ruth", 1, 2, True)]
    rows = owner(
        "SELECT read_seq, is_notified FROM participant WHERE conversation_id = %s ORDER BY read_seq", room
    )
    assert [tuple(row) for row in rows] == [(0, True), (1, True)]


def test_muted_quiet_and_invited_people_are_not_told_but_those_mentioned_are(send, ruth, amos, lydia, naomi):
    room = ruth.group(amos, lydia, naomi)
    later = (now() + timedelta(hours=1)).isoformat()
    amos.ok("PATCH", f"conversations/{room}/me/", {"muted_until": later})
    lydia.ok("PATCH", f"conversations/{room}/me/", {"notification_level": "mentions"})
    naomi.ok("PATCH", f"conversations/{room}/me/", {"notification_level": "none"})
    everybody = [UUID(who.member_id(room)) for who in (ruth, amos, lydia, naomi)]
    (row,) = send(request(ruth, room, mentions=everybody))
    assert notifications() == []
    assert notifications("mention") == [("Amos", 1, 1, True), ("Lydia", 1, 1, True)]
    assert sorted(row.opened) == sorted([amos.user.pk, lydia.user.pk])


def test_nobody_is_told_of_whom_they_blocked_and_an_anonymous_author_shows_in_nothing(
    send, ruth, amos, lydia
):
    room = ruth.group(amos, lydia)
    amos.blocks(ruth)
    send(request(ruth, room))
    assert notifications() == [("Lydia", 1, 1, True)]
    send(request(ruth, room, is_anonymous=True))
    assert notifications() == [("Amos", 1, 2, True), ("Lydia", 1, 1, True)]
