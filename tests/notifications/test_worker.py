"""Workers: the command, two at once, one that is killed, the schedule; and no sender waits for any of them."""

import json
import signal
import stat
import subprocess
import sys
import threading
import time
from io import StringIO
from types import SimpleNamespace

import pytest
from django.core.management import CommandError, call_command
from django.db import transaction
from procrastinate.contrib.django import app

from messaging.tasks import rescue_stalled
from notifications.models import Notification
from notifications.services import vapid
from notifications.tasks import forget_decisions
from tests.messaging.lines import owner
from tests.messaging.realtime.serving import ROOT, environment
from tests.notifications.delivering import subscribe, waiting
from tests.notifications.looking import one

pytestmark = pytest.mark.django_db(transaction=True)


def due() -> None:
    """What is held is due now."""
    owner("UPDATE notification SET push_due_at = now() WHERE push_due_at IS NOT NULL")


def run(*args: str) -> str:
    out = StringIO()
    call_command("deliver_notifications", *args, stdout=out)
    return out.getvalue()


def worker(*args: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "deliver_notifications", *args],
        cwd=ROOT,
        env=environment() | {"DJANGO_SETTINGS_MODULE": "tests.settings"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_command_does_what_is_due_and_ends(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    assert json.loads(run("--once", "--json")) == {"decided": 0, "pushes": 0, "mails": 0}
    due()
    assert run("--once").strip() == "1 decided, 1 pushes, 0 mails."
    assert len(service.pushes) == 1


def test_command_beside_another_sends_each_once(ruth, amos, lydia, naomi, service):
    room = ruth.group(amos, lydia, naomi)
    for person in (amos, lydia, naomi):
        subscribe(person, service)
    for _ in range(3):
        ruth.say(room)
    due()
    workers = [worker("--once", "--json") for _ in range(2)]
    results = [json.loads(process.communicate(timeout=60)[0]) for process in workers]
    assert [process.returncode for process in workers] == [0, 0]
    assert sum(result["pushes"] for result in results) == 3
    assert sorted(push.path for push in service.pushes) == ["/amos", "/lydia", "/naomi"]


def test_killed_worker_loses_nothing(ruth, amos, service):
    """Killed while the push service keeps it waiting: the claim runs out, and another worker sends it."""
    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    service.script["/amos"] = [30.0]
    ruth.say(room)
    due()
    process = worker()
    service.wait_for("/amos", 1, patience=60)
    process.send_signal(signal.SIGKILL)
    process.wait()
    process.stdout.close()
    process.stderr.close()
    assert waiting() == 1
    run("--once")
    assert len(service.pushes) == 1  # it is still claimed
    owner("UPDATE push_delivery SET claimed_until = now() - interval '1 second'")
    run("--once")
    first, second = service.to("/amos")
    assert browser.opened(first.body) == browser.opened(second.body)
    assert first.headers["Topic"] == second.headers["Topic"]
    assert waiting() == 0


def test_worker_that_is_told_to_end_ends(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    due()
    process = worker()
    service.wait_for("/amos", 1, patience=60)
    process.send_signal(signal.SIGTERM)
    out, _ = process.communicate(timeout=30)
    assert (process.returncode, out.decode().strip()) == (0, "1 decided, 1 pushes, 0 mails.")


def test_no_sender_waits_for_a_push(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [5.0]
    ruth.say(room)
    due()
    thread = threading.Thread(target=lambda: worker("--once").communicate(timeout=60))
    thread.start()
    service.wait_for("/amos", 1, patience=60)
    begun = time.monotonic()
    for number in range(5):
        ruth.say(room, str(number))
    assert time.monotonic() - begun < 2
    thread.join()


def test_notification_that_the_worker_holds_is_left_to_it(ruth, amos):
    """A worker passes by what a sender writes to, rather than wait."""
    from notifications.services.routing import route_due
    from prayermap.lib.times import utc_now

    room = ruth.direct(amos)
    ruth.say(room)
    due()
    held = threading.Event()
    done = threading.Event()

    def sender():
        from tests.messaging.lines import line

        with line("owner") as connection, connection.transaction():
            connection.execute("SELECT 1 FROM notification FOR UPDATE")
            held.set()
            done.wait(10)

    thread = threading.Thread(target=sender)
    thread.start()
    held.wait(10)
    begun = time.monotonic()
    assert route_due(now=utc_now()) == 0
    assert time.monotonic() - begun < 1
    done.set()
    thread.join()
    assert route_due(now=utc_now()) == 1


def test_notification_that_cannot_be_opened_is_nobodys_loss(ruth, amos):
    """What is told is in the row, so whoever comes later still finds it."""
    room = ruth.direct(amos)
    ruth.say(room)
    with transaction.atomic(using="owner"):
        Notification.objects.using("owner").filter(user_id=amos.id).delete()
    ruth.say(room)
    assert amos.see(room)["unread_count"] == 2
    owner("UPDATE participant SET is_notified = false")
    ruth.say(room)
    assert one(amos, "message_received")["count"] == 3


async def test_work_that_a_killed_worker_had_begun_is_begun_again(transactional_db):
    with app.replace_connector(app.connector.get_worker_connector()) as working:
        async with working.open_async():
            first = await forget_decisions.defer_async(timestamp=0)
            owner("UPDATE procrastinate_jobs SET status = 'doing'")
            await rescue_stalled.func(SimpleNamespace(app=working), timestamp=0)
            assert states() == {first: "todo"}
            # The same waits already: one run is enough.
            owner("UPDATE procrastinate_jobs SET status = 'doing'")
            second = await forget_decisions.defer_async(timestamp=1)
            await rescue_stalled.func(SimpleNamespace(app=working), timestamp=0)
            assert states() == {first: "failed", second: "todo"}


def states():
    return {row.id: row.status for row in owner("SELECT id, status::text FROM procrastinate_jobs")}


def test_key_is_made_once_for_this_user_only(tmp_path, settings):
    settings.PRAYERMAP_DATA, settings.VAPID_PRIVATE_KEY = tmp_path / "new", ""
    made, again = StringIO(), StringIO()
    call_command("make_vapid_key", "--json", stdout=made)
    call_command("make_vapid_key", "--json", stdout=again)
    first, second = json.loads(made.getvalue()), json.loads(again.getvalue())
    assert (first["made"], second["made"]) == (True, False)
    assert first["application_server_key"] == second["application_server_key"]
    file = settings.PRAYERMAP_DATA / vapid.FILE
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert file.read_text().strip() not in made.getvalue()


def test_key_that_is_none_is_said_without_it(tmp_path, settings):
    settings.PRAYERMAP_DATA, settings.VAPID_PRIVATE_KEY = tmp_path, "c2VjcmV0"
    with pytest.raises(CommandError) as refused:
        call_command("make_vapid_key", stdout=StringIO())
    assert "c2VjcmV0" not in str(refused.value)


def test_private_key_stands_in_no_log(ruth, amos, service, caplog, settings):
    caplog.set_level("DEBUG")
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [500]
    ruth.say(room)
    due()
    run("--once")
    assert settings.VAPID_PRIVATE_KEY not in caplog.text
    assert service.origin + "/amos" not in caplog.text
