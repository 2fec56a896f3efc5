"""Mail: counts of what has been unread for a while, in text and HTML, without a name or a text."""

from smtplib import SMTPServerDisconnected
from uuid import uuid4

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from notifications.enums import Kind
from notifications.services.opening import open_notification
from prayermap.lib.acting import acting_as
from tests.messaging.lines import owner
from tests.notifications.delivering import deliver, later, options, why
from tests.notifications.looking import reads

pytestmark = pytest.mark.django_db(transaction=True)
WAIT_S = 1_000


@pytest.fixture
def mails():
    mail.outbox.clear()
    return mail.outbox


def by_mail(person, *kinds):
    options(person, kinds={kind: {"email": True} for kind in kinds or ("message_received",)})


def test_mail_counts_in_both_parts_and_names_nothing(ruth, amos, lydia, mails, settings):
    settings.PUBLIC_URL = "https://prayermap.example"
    room, other = ruth.group(amos, lydia, title="Vesperine"), lydia.direct(amos)
    by_mail(amos, "message_received", "mention")
    ruth.say(room, "a secret illness")
    ruth.say(room, "another", mentions=[amos.member_id(room)])
    lydia.say(other, "third")
    deliver()
    assert mails == []
    deliver(later(WAIT_S))
    (sent,) = mails
    assert (sent.to, sent.subject) == ([amos.user.email], "PrayerMap: what waits for you")
    (html, kind) = sent.alternatives[0]
    assert kind == "text/html"
    for part in (sent.body, html):
        assert "3 unread messages" in part
        assert "a message that mentions you" in part
        assert "https://prayermap.example" in part
        assert not [word for word in ("Ruth", "Lydia", "secret", "Vesperine", room) if word in part]
    assert sent.extra_headers["Auto-Submitted"] == "auto-generated"
    assert ("email", "sent", "due") in why(amos)


def test_name_of_the_reader_is_escaped_in_html_and_plain_in_text(ruth, amos, mails):
    amos.ok("PATCH", "me/", {"display_name": "A <b>& Co"})
    room = ruth.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    deliver(later(WAIT_S))
    (sent,) = mails
    assert (sent.subject, "A <b>& Co" in sent.body) == ("PrayerMap: an unread message", True)
    assert "A &lt;b&gt;&amp; Co" in sent.alternatives[0][0]


def test_what_is_read_in_time_is_not_mailed(ruth, amos, mails):
    room = ruth.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    reads(amos, room, 1)
    deliver(later(WAIT_S))
    assert mails == []


def test_mail_is_off_unless_asked_for(ruth, amos, mails):
    room = ruth.direct(amos)
    ruth.say(room)
    deliver()
    deliver(later(WAIT_S))
    assert mails == []


def test_next_mail_waits_an_hour_and_tells_what_is_new(ruth, amos, lydia, mails):
    room, other = ruth.direct(amos), lydia.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    deliver(later(WAIT_S))
    lydia.say(other)
    deliver(later(WAIT_S + 60))
    deliver(later(WAIT_S + 2_000))
    assert len(mails) == 1
    deliver(later(WAIT_S + 4_000))
    assert [sent.subject for sent in mails] == ["PrayerMap: an unread message"] * 2


def test_quiet_hours_hold_mail_back_too(ruth, amos, mails):
    room = ruth.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    whole = {"days": ["mon", "tue", "wed", "thu", "fri", "sat", "sun"], "start": "00:00", "end": "24:00"}
    options(amos, quiet_hours=[whole])
    deliver(later(WAIT_S))
    assert mails == []
    options(amos, quiet_hours=[])
    deliver(later(9 * 24 * 3_600))
    assert len(mails) == 1


def test_notice_of_moderators_reaches_who_was_kept_out(amos, ruth, mails):
    with acting_as(ruth.user):
        open_notification(kind=Kind.MODERATION_NOTICE, users=[amos.user.pk], subject=uuid4())
    owner("UPDATE accounts_user SET banned_at = now(), suspension_reason_code = 'x' WHERE id = %s", amos.id)
    deliver()
    deliver(later(WAIT_S))
    assert [sent.subject for sent in mails] == ["PrayerMap: a notice from the moderators"]


class Broken(EmailBackend):
    def send_messages(self, messages):
        raise SMTPServerDisconnected("gone")


def test_mail_server_that_is_away_is_tried_again_and_then_given_up(ruth, amos, mails, settings):
    room = ruth.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    settings.EMAIL_BACKEND = "tests.notifications.test_mail.Broken"
    deliver(later(WAIT_S))
    assert ("email", "held", "unreachable") in why(amos)
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    deliver(later(WAIT_S + 400))
    assert len(mails) == 1


def test_mail_that_never_gets_through_is_given_up(ruth, amos, mails, settings):
    room = ruth.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    settings.EMAIL_BACKEND = "tests.notifications.test_mail.Broken"
    for day in range(1, 8):
        deliver(later(day * 24 * 3_600))
    assert ("email", "failed", "unreachable") in why(amos)
    assert owner("SELECT 1 FROM delivery_state WHERE mail_due_at IS NOT NULL") == []


def test_mail_is_written_to_a_file_where_the_backend_says_so(ruth, amos, settings, tmp_path):
    settings.EMAIL_BACKEND, settings.EMAIL_FILE_PATH = (
        "django.core.mail.backends.filebased.EmailBackend",
        tmp_path,
    )
    room = ruth.direct(amos)
    by_mail(amos)
    ruth.say(room)
    deliver()
    deliver(later(WAIT_S))
    (file,) = tmp_path.iterdir()
    text = file.read_text()
    assert "multipart/alternative" in text
    assert "an unread message" in text
