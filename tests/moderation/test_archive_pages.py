"""The archive in the console: legal holds are placed and released, months are moved, and the trail tells."""

from datetime import date

import psycopg
import pytest
from django.db import connections
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from moderation import tasks
from moderation.models import AuditEntry, LegalHold
from prayermap.lib.times import utc_now
from tests.messaging.lines import acting, line
from tests.moderation.entering import browser_for, browser_of_kind, make_person
from tests.moderation.old_months import old_months, say_it_was, schemas_of

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2019, 5, 1)
ARCHIVE = reverse("admin:archive")
HOLD = reverse("admin:archive_hold")


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True
    with old_months(MAY):
        yield


@pytest.fixture
def officer():
    return make_person("privacy officer", "Nehemiah")


@pytest.fixture
def browser(officer):
    return browser_for(officer)


def trail() -> list[str]:
    found = AuditEntry.objects.using("owner").filter(action__regex="^(hold|archive)").order_by("number")
    return list(found.values_list("action", flat=True))


def run_jobs() -> None:
    """What the worker would do with what was asked of it."""
    for job in ProcrastinateJob.objects.using("owner").filter(task_name="moderation.tasks.move_month"):
        tasks.move_month(**job.args)


def test_a_hold_is_placed_and_released_and_both_are_told(browser, officer, ruth, amos):
    room = ruth.group(amos)
    answer = browser.post(HOLD, {"conversation": room, "reason": "order 12", "is_sure": "on"})
    assert (answer.status_code, answer.headers["Location"]) == (302, ARCHIVE)
    hold = LegalHold.objects.using("owner").get()
    assert (str(hold.conversation_id), hold.placed_by_id, hold.released_at) == (room, officer.pk, None)
    seen = browser.get(ARCHIVE).content.decode()
    assert "order 12" in seen
    assert room in seen
    release = reverse("admin:archive_release", args=[hold.pk])
    assert "order 12" in browser.get(release).content.decode()
    assert LegalHold.objects.using("owner").get().released_at is None
    assert browser.post(release).status_code == 302
    assert LegalHold.objects.using("owner").get().released_at is not None
    assert "order 12" not in browser.get(ARCHIVE).content.decode()
    assert "It has been released already." in browser.post(release, follow=True).content.decode()
    assert trail() == ["hold.placed", "hold.released"]


def test_a_person_is_held_by_their_address(browser, ruth):
    browser.post(HOLD, {"person": ruth.user.email.upper(), "reason": "order 13", "is_sure": "on"})
    assert LegalHold.objects.using("owner").get().user_id == ruth.user.pk


def test_what_is_not_meant_is_not_held(browser, ruth, amos):
    room = ruth.group(amos)
    sure = {"reason": "order 14", "is_sure": "on"}
    for wrong in (
        {"conversation": room, "reason": "order 14"},
        {"conversation": room, "is_sure": "on"},
        sure,
        sure | {"conversation": room, "person": ruth.user.email},
        sure | {"person": "nobody@example.com"},
        sure | {"conversation": "00000000-0000-0000-0000-000000000000"},
        sure | {"conversation": "not an id"},
    ):
        assert browser.post(HOLD, wrong).status_code == 200, wrong
    assert not LegalHold.objects.using("owner").exists()


def test_others_neither_place_nor_read_holds(ruth, miriam):
    LegalHold.objects.using("owner").create(user=ruth.user, reason="order 15", placed_at=utc_now())
    for kind in ("moderator", "senior moderator", "administrator"):
        browser = browser_of_kind(kind)
        assert browser.get(ARCHIVE).status_code == 403
        assert (
            browser.post(HOLD, {"person": ruth.user.email, "reason": "x", "is_sure": "on"}).status_code == 403
        )
    with line() as request:
        with acting(request, "prayermap_staff", miriam.pk):
            assert request.execute("SELECT 1 FROM legal_hold").fetchall() == []
            assert request.execute("UPDATE legal_hold SET released_at = now()").rowcount == 0
        insert = "INSERT INTO legal_hold (id, user_id, reason, placed_by_id, placed_at) VALUES (gen_random_uuid(), %s, 'x', %s, now())"
        with (
            pytest.raises(psycopg.errors.InsufficientPrivilege),
            acting(request, "prayermap_staff", miriam.pk),
        ):
            request.execute(insert, [ruth.user.pk, miriam.pk])


def test_a_month_goes_and_comes_back_after_a_question(browser, ruth, amos):
    room = ruth.group(amos)
    ruth.say(room, "Long ago")
    say_it_was(MAY, room)
    go, back = (reverse(f"admin:archive_month_{step}", args=["2019-05"]) for step in ("archive", "restore"))
    assert browser.get(go).status_code == 200
    assert schemas_of(MAY) == {"public"}
    assert browser.post(go).status_code == 302
    run_jobs()
    assert schemas_of(MAY) == {"archive"}
    assert ruth.ok("GET", f"conversations/{room}/messages/")["results"][0]["content"] == "Long ago"
    with connections["owner"].cursor() as cursor:
        cursor.execute("DELETE FROM procrastinate_jobs WHERE task_name = 'moderation.tasks.move_month'")
    assert browser.post(back).status_code == 302
    run_jobs()
    assert schemas_of(MAY) == {"public"}
    assert trail() == ["archive.asked", "archive.month_moved", "archive.asked", "archive.month_restored"]


def test_a_held_month_stays_whoever_asks(browser, ruth, amos):
    room = ruth.group(amos)
    ruth.say(room, "Long ago")
    say_it_was(MAY, room)
    browser.post(HOLD, {"conversation": room, "reason": "order 16", "is_sure": "on"})
    browser.post(reverse("admin:archive_month_archive", args=["2019-05"]))
    run_jobs()
    assert schemas_of(MAY) == {"public"}


def test_a_month_that_is_not_there_is_404(browser):
    for name in ("1999-01", "2019-13", "may"):
        assert browser.get(reverse("admin:archive_month_archive", args=[name])).status_code == 404


def test_the_worker_archives_by_itself_only_where_it_is_asked_to(settings, ruth, amos):
    room = ruth.group(amos)
    ruth.say(room, "Long ago")
    say_it_was(MAY, room)
    tasks.archive_old_months(0)
    assert schemas_of(MAY) == {"public"}
    settings.ARCHIVE_AFTER_DAYS = 365
    LegalHold.objects.using("owner").create(conversation_id=room, reason="order 17", placed_at=utc_now())
    tasks.archive_old_months(0)
    assert schemas_of(MAY) == {"public"}
    LegalHold.objects.using("owner").update(released_at=utc_now())
    tasks.archive_old_months(0)
    assert schemas_of(MAY) == {"archive"}
    tasks.archive_old_months(0)
    assert trail() == ["archive.month_moved"]
