"""What people asked for about their data, in the console: by deadline, for who answers for it and nobody else."""

import json
from datetime import timedelta

import pytest
from django.core.management import call_command
from django.urls import reverse

from moderation import tasks
from moderation.enums import ExportState
from moderation.models import AuditEntry, ErasureRequest, ExportRequest, LegalHold
from moderation.privacy import certificate, erasing
from moderation.privacy.certifying import certify_new
from moderation.privacy.erasing import LATEST
from prayermap.lib.times import utc_now
from tests.messaging.lines import acting, line
from tests.moderation.entering import browser_for, browser_of_kind, make_person

pytestmark = pytest.mark.django_db(transaction=True)
PRIVACY = reverse("admin:privacy")


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True


@pytest.fixture
def browser():
    return browser_for(make_person("privacy officer", "Nehemiah"))


def request_of(person, **columns) -> ErasureRequest:
    now = utc_now()
    values = {"requested_at": now, "due_at": now, "deadline_at": now + timedelta(days=30)} | columns
    return ErasureRequest.objects.using("owner").create(user=person.user, **values)


def todos(browser) -> dict[str, int]:
    return {todo.title: todo.number for todo in browser.get("/admin/").context["todos"]}


def certificate_from(browser, request: ErasureRequest):
    return browser.get(reverse("admin:erasure_certificate", args=[request.pk]))


def test_the_first_page_says_what_comes_due(browser, ruth, amos, lydia):
    assert todos(browser) == {
        "Past the law's deadline": 0, "Due within a week": 0, "Erasures kept waiting": 0, "Copies that failed": 0,
    }  # fmt: skip
    now = utc_now()
    request_of(ruth, state="held", deadline_at=now - timedelta(hours=1))
    request_of(amos, deadline_at=now + timedelta(days=6))
    request_of(lydia, deadline_at=now + timedelta(days=8))
    for person, days, state in ((ruth, 31, "pending"), (amos, 24, "failed"), (lydia, 1, "pending")):
        ExportRequest.objects.using("owner").create(
            user=person.user, state=state, requested_at=now - timedelta(days=days)
        )
    assert todos(browser) == {
        "Past the law's deadline": 2, "Due within a week": 2, "Erasures kept waiting": 1, "Copies that failed": 1,
    }  # fmt: skip
    assert next(iter(todos(browser))) == "Past the law's deadline"
    assert "Past the law's deadline" not in todos(browser_of_kind("moderator"))


def test_open_requests_stand_by_deadline_with_what_will_happen(browser, ruth, amos):
    now = utc_now()
    request_of(ruth, deadline_at=now + timedelta(days=20), preview={"message": 40, "participant": 2})
    request_of(amos, deadline_at=now - timedelta(days=1))
    seen = browser.get(PRIVACY).content.decode()
    assert seen.index(amos.user.email) < seen.index(ruth.user.email)
    assert seen.count(">overdue<") == 1
    assert "<summary>42</summary>" in seen
    assert "message: 40" in seen


def test_the_certificate_is_issued_by_the_worker_and_fetched_on_the_record(
    browser, ruth, amos, tmp_path, monkeypatch
):
    room = ruth.group(amos)
    ruth.say(room, "Gone soon")
    request = request_of(ruth)
    assert certificate_from(browser, request).status_code == 404
    tasks.erase_due(0)
    so_far = certificate_from(browser, request)
    assert json.loads(so_far.content)["state"] == "settling"
    later = utc_now() + LATEST + timedelta(minutes=5)
    for module in (erasing, certificate):
        monkeypatch.setattr(module, "utc_now", lambda: later)
    tasks.erase_due(0)
    answer = certificate_from(browser, request)
    found = json.loads(answer.content)
    assert (found["state"], found["person"]) == ("done", ruth.id)
    assert answer.headers["Content-Disposition"] == f'attachment; filename="erasure-{request.pk}.json"'
    assert certificate.is_genuine(certificate.read(answer.content))
    file = tmp_path / "fetched.json"
    file.write_bytes(answer.content)
    call_command("verify_erasure", str(file), "--word", ruth.user.email)
    assert certify_new() == 0
    assert AuditEntry.objects.using("owner").filter(action="privacy.certificate_fetched").count() == 2
    assert f"erasure-{request.pk}" not in browser.get(PRIVACY).content.decode()
    assert reverse("admin:erasure_certificate", args=[request.pk]) in browser.get(PRIVACY).content.decode()


def test_a_held_erasure_says_so_and_has_no_certificate(browser, ruth):
    LegalHold.objects.using("owner").create(user=ruth.user, reason="order 31", placed_at=utc_now())
    request = request_of(ruth)
    tasks.erase_due(0)
    assert todos(browser)["Erasures kept waiting"] == 1
    assert certificate_from(browser, request).status_code == 404


@pytest.mark.parametrize("kind", ["moderator", "senior moderator", "administrator"])
def test_others_of_the_staff_see_no_request_in_the_database_either(kind, ruth):
    request = request_of(ruth, certificate={"person": ruth.id})
    ExportRequest.objects.using("owner").create(
        user=ruth.user, state=ExportState.PENDING, requested_at=utc_now()
    )
    person = make_person(kind, "Miriam")
    assert browser_for(person).get(PRIVACY).status_code == 403
    with line() as asked, acting(asked, "prayermap_staff", person.pk):
        assert asked.execute("SELECT id FROM erasure_request").fetchall() == []
        assert asked.execute("SELECT id FROM export_request").fetchall() == []
        assert asked.execute("SELECT fetch_certificate(%s)", [request.pk]).fetchone() == (None,)
        assert asked.execute("SELECT certified(ARRAY[%s]::uuid[])", [request.pk]).fetchall() == []


def test_whoever_asks_for_themselves_still_may(ruth):
    asked = ruth.ok("POST", "me/erasure/", {})
    assert ruth.ok("GET", "me/erasure/")["id"] == asked["id"]
    ruth.ok("DELETE", "me/erasure/")
    assert ErasureRequest.objects.using("owner").get().state == "cancelled"
