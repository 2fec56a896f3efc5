"""Erasures that are killed half-way, or done twice at once; the ledger that comes before everything."""

import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import msgspec
import pytest
from django.db import connections

from moderation.enums import ErasureOrigin
from moderation.models import ErasureRequest
from moderation.privacy import erasing, ledger
from moderation.privacy.erasing import advance
from moderation.privacy.ledger import LedgerError
from moderation.privacy.officer import request_now
from moderation.privacy.preview import left_of
from moderation.privacy.scanning import find_words
from moderation.privacy.subject import whole
from prayermap.lib.ids import uuid7
from prayermap.lib.times import utc_now
from tests.docs.pages import ROOT
from tests.moderation.privacy.life import CANARY, erase, live, words_of_others

pytestmark = pytest.mark.django_db(transaction=True)


class Killed(BaseException):
    """What no handler of ours catches."""


def request_of(life):
    return request_now(user_id=life.user.pk, origin=ErasureOrigin.OFFICER, now=utc_now())


def total(request) -> int:
    return sum(sum(part.values()) for part in request.counts.values())


def test_erasure_that_is_killed_after_any_piece_is_finished_by_the_next_run():
    """The pieces of one life, each of them the last one before a kill."""
    life = live()
    others = words_of_others(life)
    request = request_of(life)

    def killed_at_once(table: str, rows: int) -> None:
        raise Killed

    pieces = 0
    while request.state != "done":
        try:
            request = advance(request.pk, at_once=True, told=killed_at_once)
        except Killed:
            pieces += 1
    assert pieces > 25
    assert left_of(whole(life.user.pk)) == {}
    assert find_words([CANARY]) == []
    assert words_of_others(life) == others


def test_killed_runs_count_each_row_once():
    whole_run = erase(live().user)
    request, pieces = request_of(live()), iter(range(1000))  # her address is free again

    def killed_now_and_then(table: str, rows: int) -> None:
        if next(pieces) % 3 == 0:
            raise Killed

    while request.state != "done":
        with suppress(Killed):
            request = advance(request.pk, at_once=True, told=killed_now_and_then)
    assert request.counts == whole_run.counts


def test_erasure_twice_at_once_is_one():
    life = live()
    request = request_of(life)

    def work(_: int) -> str:
        try:
            return advance(request.pk, at_once=True).state
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        assert list(pool.map(work, range(3))) == ["done"] * 3
    assert left_of(whole(life.user.pk)) == {}
    done = ErasureRequest.objects.using("owner").get()
    assert total(done) > 40
    assert len({entry.request for entry in ledger.entries()}) == 1


def test_command_that_is_killed_goes_on_when_it_is_run_again(ledger_file):
    life = live()
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "tests.settings", "ERASURE_LEDGER": str(ledger_file)}
    env |= database_of_the_test()
    command = [sys.executable, "-c", SLOW_PURGE, life.user.email]
    running = subprocess.Popen(command, cwd=ROOT, env=env, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        wait_for(
            lambda: any(request.counts for request in ErasureRequest.objects.using("owner").all()), running
        )
    finally:
        running.send_signal(signal.SIGKILL)
        running.communicate()
    half = ErasureRequest.objects.using("owner").get()
    assert half.state == "running"
    assert left_of(whole(life.user.pk)) != {}
    assert advance(half.pk, at_once=True).state == "done"
    assert left_of(whole(life.user.pk)) == {}
    assert find_words([CANARY]) == []


#: The command with long pauses, against the database of the tests.
SLOW_PURGE = """
import os, sys, django
from django.conf import settings
django.setup()
for alias in ("default", "owner"):
    settings.DATABASES[alias]["NAME"] = os.environ["TEST_DATABASE"]
from django.core.management import call_command
from moderation.privacy import erasing
erasing.PAUSE_S = 0.2
call_command("purge_user", sys.argv[1])
"""


def database_of_the_test() -> dict[str, str]:
    return {"TEST_DATABASE": connections["owner"].settings_dict["NAME"]}


def wait_for(condition, running) -> None:
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end, running.communicate()
        assert running.poll() is None, running.communicate()
        time.sleep(0.05)


def test_ledger_has_its_entry_before_anything_is_destroyed(ledger_file, monkeypatch):
    life = live()
    before = left_of(whole(life.user.pk))
    seen = []
    monkeypatch.setattr(
        erasing, "end_access", lambda **_: seen.append((ledger.entries(), left_of(whole(life.user.pk))))
    )
    request = erase(life.user)
    ((entries, left),) = seen
    assert [(entry.request, entry.person) for entry in entries] == [(request.pk, life.user.pk)]
    assert left == before


def test_without_a_ledger_nothing_is_destroyed(settings, tmp_path):
    life = live()
    before = left_of(whole(life.user.pk))
    (tmp_path / "file").write_text("")
    settings.ERASURE_LEDGER = str(tmp_path / "file" / "ledger")
    request = request_of(life)
    with pytest.raises(LedgerError):
        advance(request.pk)
    assert left_of(whole(life.user.pk)) == before
    assert life.person.get("me/").status == 200
    settings.ERASURE_LEDGER = str(tmp_path / "ledger")
    assert advance(request.pk, at_once=True).state == "done"


def test_ledger_survives_a_line_that_was_cut_short(ledger_file):
    one, two = (ledger.Entry(uuid7(), uuid7(), utc_now()) for _ in range(2))
    ledger.enter(one)
    with ledger_file.open("ab") as file:
        file.write(msgspec.json.encode(two)[:20])
    ledger.enter(two)
    assert ledger.entries() == [one, two]
    assert ledger_file.stat().st_mode & 0o777 == 0o600


def test_ledger_says_nothing_of_who_it_was(ledger_file):
    life = live()
    erase(life.user)
    text = ledger_file.read_text()
    assert life.person.id in text
    assert CANARY not in text.lower()
