"""`/me/export/`: ask for a copy, fetch it once for each link, let it go."""

import io
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from zipfile import ZipFile

import pytest
import time_machine
from django.core import mail
from django.core.files.storage import default_storage
from django.test import Client

from moderation import tasks
from moderation.models import ExportRequest
from moderation.privacy import export_work
from tests.messaging.actors import actor, new_id

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ruth():
    person = actor("Ruth")
    person.say(person.group(), "my own word")
    return person


def ready(person) -> dict:
    asked = person.ok("POST", "me/export/", {})
    tasks.make_export(asked["id"])
    return person.ok("GET", f"me/export/{asked['id']}/")


def fetch(url: str):
    """As a browser does that isn't signed in."""
    return Client().get(url)


def test_copy_is_made_in_the_background_and_fetched_once(ruth):
    asked = ruth.post("me/export/", {})
    assert (asked.status, asked.body) == (201, {
        "id": asked.body["id"], "state": "pending", "requested_at": asked.body["requested_at"], "ready_at": None,
        "expires_at": None, "size": None, "sha256": None, "url": None, "duplicate": False,
    })  # fmt: skip
    assert ruth.ok("GET", f"me/export/{asked.body['id']}/")["url"] is None
    tasks.make_export(asked.body["id"])
    found = ruth.ok("GET", f"me/export/{asked.body['id']}/")
    assert found["state"] == "ready"
    answer = fetch(found["url"])
    raw = b"".join(answer.streaming_content)
    assert (answer.status_code, answer["Content-Type"], answer["Cache-Control"]) == (
        200, "application/zip", "private, no-store",
    )  # fmt: skip
    assert (len(raw), sha256(raw).hexdigest()) == (found["size"], found["sha256"])
    with ZipFile(io.BytesIO(raw)) as archive:
        assert b"my own word" in archive.read("data/message.json")
    assert fetch(found["url"]).status_code == 404
    assert [one.subject for one in mail.outbox] == ["Your data are ready"]


def test_who_only_looks_at_the_link_leaves_it_good(ruth):
    """Mail scanners, previews and download managers ask with HEAD before anybody has clicked."""
    found = ready(ruth)
    looked = Client().head(found["url"])
    assert (looked.status_code, "HEAD" in looked["Allow"]) == (405, False)
    assert fetch(found["url"]).status_code == 200


def test_each_look_makes_a_link_and_ends_the_one_before(ruth):
    first = ready(ruth)
    second = ruth.ok("GET", f"me/export/{first['id']}/")
    assert first["url"] != second["url"]
    assert fetch(first["url"]).status_code == 404
    assert fetch(second["url"]).status_code == 200


def test_link_ends_after_ten_minutes(ruth):
    """By PostgreSQL's clock, which tests can't move."""
    found = ready(ruth)
    ExportRequest.objects.using("owner").update(link_expires_at=datetime.now(UTC) - timedelta(seconds=1))
    assert fetch(found["url"]).status_code == 404


def test_link_of_another_copy_opens_nothing(ruth):
    found, other = ready(ruth), ready(actor("Amos"))
    swapped = found["url"].replace(found["id"], other["id"])
    assert fetch(swapped).status_code == 404
    assert fetch(found["url"].split("?")[0]).status_code == 404
    assert fetch(found["url"].split("?")[0] + "?key=" + "x" * 500).status_code == 404


def test_nobody_else_sees_it(ruth):
    found = ready(ruth)
    amos = actor("Amos")
    assert amos.get(f"me/export/{found['id']}/").refusal == (404, "not_found")


def test_one_at_a_time_and_five_a_day(ruth, settings):
    settings.LIMITS = settings.LIMITS | {"exports": "2/day"}
    key = new_id()
    first = ruth.post("me/export/", {"client_id": key})
    again = [ruth.post("me/export/", body) for body in ({}, {"client_id": key}, {"client_id": new_id()})]
    assert [(one.status, one.body["id"], one.body["duplicate"]) for one in again] == [
        (200, first.body["id"], True)
    ] * 3
    tasks.make_export(first.body["id"])
    assert ruth.post("me/export/", {"client_id": key}).body["id"] == first.body["id"]
    second = ruth.post("me/export/", {})
    assert second.status == 201
    tasks.make_export(second.body["id"])
    assert ruth.post("me/export/", {}).refusal == (429, "rate_limited")


def test_file_goes_after_some_days(ruth):
    found = ready(ruth)
    (row,) = ExportRequest.objects.using("owner").all()
    assert default_storage.exists(row.storage_name)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=8), tick=False):
        tasks.mind_exports(0)
    assert not default_storage.exists(row.storage_name)
    assert fetch(found["url"]).status_code == 404
    later = ruth.ok("GET", f"me/export/{found['id']}/")
    assert (later["state"], later["url"]) == ("expired", None)


def test_copy_that_fails_says_so_and_another_can_be_asked_for(ruth, monkeypatch, caplog):
    def fail(*_):
        raise OSError("the disk is full")

    asked = ruth.ok("POST", "me/export/", {})
    monkeypatch.setattr(export_work, "write_export", fail)
    tasks.mind_exports(0)
    assert "an export failed" in caplog.text
    assert ruth.ok("GET", f"me/export/{asked['id']}/")["state"] == "failed"
    monkeypatch.undo()
    assert ready(ruth)["state"] == "ready"


def test_copy_of_a_worker_that_was_killed_is_made_by_another(ruth):
    asked = ruth.ok("POST", "me/export/", {})
    started = datetime.now(UTC) - timedelta(minutes=61)
    ExportRequest.objects.using("owner").update(state="running", started_at=started)
    tasks.mind_exports(0)
    assert ruth.ok("GET", f"me/export/{asked['id']}/")["state"] == "ready"


def test_two_workers_make_it_once(ruth):
    asked = ruth.ok("POST", "me/export/", {})
    assert [export_work.make(asked["id"]) for _ in range(2)] == [True, False]
