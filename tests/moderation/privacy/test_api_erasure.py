"""`/me/erasure/`"""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from time import sleep

import pytest
import time_machine
from django.core import mail
from django.db import connections, transaction

from moderation import tasks
from moderation.models import ErasureRequest
from moderation.privacy.erasing import LATEST
from tests.messaging.actors import actor, new_id
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def ruth():
    return actor("Ruth")


def rows() -> list[tuple]:
    return list(ErasureRequest.objects.using("owner").order_by("pk").values_list("pk", "state"))


def test_request_waits_for_its_day_and_says_what_will_happen(ruth, settings):
    settings.ERASURE_GRACE_DAYS = 3
    ruth.group()
    assert ruth.get("me/erasure/").refusal == (404, "not_found")
    answer = ruth.post("me/erasure/", {})
    asked = datetime.fromisoformat(answer.body["requested_at"])
    assert (answer.status, answer.body) == (201, {
        "id": answer.body["id"], "state": "pending", "requested_at": answer.body["requested_at"],
        "due_at": wire(asked + timedelta(days=3)), "deadline_at": wire(asked + timedelta(days=30)),
        "cancelled_at": None, "preview": None, "duplicate": False,
    })  # fmt: skip
    tasks.count_traces(answer.body["id"])
    seen = ruth.ok("GET", "me/erasure/")
    assert seen["preview"] == {
        "accounts_session": 1,
        "accounts_user": 1,
        "audit_identity": 1,
        "participant": 1,
    }
    assert "duplicate" not in seen


def wire(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")


def test_person_is_told_by_mail_in_case_it_was_not_they(ruth):
    ruth.ok("POST", "me/erasure/", {})
    ruth.ok("POST", "me/erasure/", {})
    assert [(one.subject, one.to) for one in mail.outbox] == [("You asked to be erased", [ruth.user.email])]


def test_asking_again_answers_with_the_open_request(ruth):
    key = new_id()
    first = ruth.post("me/erasure/", {"client_id": key})
    for body in ({}, {"client_id": key}, {"client_id": new_id()}):
        again = ruth.post("me/erasure/", body)
        assert (again.status, again.body["id"], again.body["duplicate"]) == (200, first.body["id"], True)
    assert len(rows()) == 1


def test_two_devices_that_send_the_same_wish_at_once_are_given_one_request(ruth):
    key, now = new_id(), datetime.now(UTC)
    with ThreadPoolExecutor(1) as pool:
        with transaction.atomic(using="owner"):
            first = ErasureRequest.objects.using("owner").create(
                user_id=ruth.user.pk, client_id=key, requested_at=now, due_at=now, deadline_at=now
            )
            asking = pool.submit(ask_in_a_thread, ruth, {"client_id": key})
            wait_until_somebody_waits()
        answer = asking.result(timeout=20)
    assert (answer.status, answer.body["id"], answer.body["duplicate"]) == (200, str(first.pk), True)


def ask_in_a_thread(person, body):
    try:
        return person.post("me/erasure/", body)
    finally:
        connections.close_all()


def wait_until_somebody_waits():
    """For what the other device's transaction holds."""
    waiting = (
        "SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    )
    for _ in range(500):
        if owner(waiting):
            return
        sleep(0.02)
    raise AssertionError("nobody waits")


def test_request_that_was_taken_back_is_found_again_by_its_client_id_and_does_nothing(ruth):
    key = new_id()
    first = ruth.ok("POST", "me/erasure/", {"client_id": key})
    assert ruth.delete("me/erasure/").status == 204
    again = ruth.post("me/erasure/", {"client_id": key})
    assert (again.status, again.body["id"], again.body["state"]) == (200, first["id"], "cancelled")
    assert ruth.delete("me/erasure/").refusal == (404, "not_found")
    tasks.erase_due(0)
    assert ruth.ok("GET", "me/erasure/")["state"] == "cancelled"
    assert ruth.post("me/erasure/", {}).status == 201


def test_its_day_comes_and_the_account_is_gone(ruth):
    ruth.ok("POST", "me/erasure/", {})
    tasks.erase_due(0)
    assert ruth.ok("GET", "me/erasure/")["state"] == "pending"
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15), tick=False):
        tasks.erase_due(0)
    assert ruth.get("me/erasure/").refusal == (401, "not_authenticated")
    assert [state for _, state in rows()] == ["settling"]
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15) + LATEST, tick=False):
        tasks.erase_due(0)
    assert [state for _, state in rows()] == ["done"]


def test_erasure_that_stopped_does_not_stop_the_next_one(ruth, monkeypatch, caplog):
    from moderation.privacy import erasing

    amos = actor("Amos")
    for person in (ruth, amos):
        person.ok("POST", "me/erasure/", {})
    real = erasing.end_access

    def fail_for_ruth(*, user_id, now):
        if user_id == ruth.user.pk:
            raise ValueError
        real(user_id=user_id, now=now)

    monkeypatch.setattr(erasing, "end_access", fail_for_ruth)
    with time_machine.travel(datetime.now(UTC) + timedelta(days=15), tick=False):
        tasks.erase_due(0)
    assert [state for _, state in rows()] == ["running", "settling"]
    assert "an erasure stopped" in caplog.text


def test_deadline_that_has_passed_is_an_error_in_the_log(ruth, caplog, settings):
    settings.ERASURE_GRACE_DAYS = 40
    ruth.ok("POST", "me/erasure/", {})
    with time_machine.travel(datetime.now(UTC) + timedelta(days=31), tick=False):
        tasks.erase_due(0)
    assert "1 erasures are past their legal deadline" in caplog.text


def test_bad_bodies_are_refused(ruth):
    assert ruth.post("me/erasure/", {"client_id": "x"}).fields == ["client_id"]
    assert ruth.post("me/erasure/", {"now": True}).status == 400
    assert rows() == []


def test_nobody_sees_or_cancels_anothers_request(ruth):
    ruth.ok("POST", "me/erasure/", {})
    amos = actor("Amos")
    assert amos.get("me/erasure/").status == 404
    assert amos.delete("me/erasure/").status == 404
    assert [state for _, state in rows()] == ["pending"]
