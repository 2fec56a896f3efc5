"""A person with every kind of trace is erased, and looked for in all that is stored."""

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from moderation import tasks
from moderation.enums import CaseState, Outcome
from moderation.privacy.preview import left_of
from moderation.privacy.registry import TRACES
from moderation.privacy.scanning import find_words
from moderation.privacy.subject import whole
from moderation.privacy.traces import Kept
from prayermap.lib.times import utc_now
from tests.moderation.privacy.life import CANARY, erase, live, set_cases, words_of_others

pytestmark = pytest.mark.django_db(transaction=True)


def stored_files() -> list[bytes]:
    def walk(folder):
        folders, files = default_storage.listdir(folder)
        for name in files:
            with default_storage.open(f"{folder}/{name}".lstrip("/")) as file:
                yield file.read()
        for name in folders:
            yield from walk(f"{folder}/{name}".lstrip("/"))

    return list(walk(""))


def in_valkey(valkey, *words: bytes) -> list[bytes]:
    def values(key):
        match valkey.type(key):
            case b"string":
                return [valkey.get(key)]
            case b"zset":
                return [member for member, _ in valkey.zrange(key, 0, -1, withscores=True)]
            case b"list":
                return valkey.lrange(key, 0, -1)
            case b"hash":
                return [*valkey.hgetall(key), *valkey.hvals(key)]
            case other:
                raise AssertionError(other)

    return [
        key for key in valkey.scan_iter()
        if any(word in part for word in words for part in (key, *values(key)))
    ]  # fmt: skip


def test_every_table_with_traces_has_one_before():
    """Whoever adds a table adds a trace of it to life.py."""
    life = live()
    subject = whole(life.user.pk)
    empty = {
        trace.table for trace in TRACES if not isinstance(trace, Kept) and not trace.rows(subject).exists()
    }
    assert empty == set()


def test_nothing_is_left_anywhere_of_somebody_erased(valkey):
    life = live()
    assert len(find_words([CANARY])) > 8
    assert len(stored_files()) == 6 + 1  # the copy of her data
    others = words_of_others(life)
    request = erase(life.user)
    assert request.state == "done"
    assert left_of(whole(life.user.pk)) == {}
    assert find_words([CANARY]) == []
    assert stored_files() == []
    assert in_valkey(valkey, CANARY.encode(), life.person.id.encode()) == []
    assert words_of_others(life) == others
    call_command("check_health", deep=True)


def test_what_a_case_needs_stays_until_it_is_closed():
    life = live()
    set_cases(CaseState.OPEN, closed_at=None, outcome="")
    erase(life.user)
    assert {(hit.table, hit.column) for hit in find_words([CANARY])} == {
        ("evidence", "body"), ("case_note", "text"), ("report", "note"), ("decision", "statement"),
        ("sanction", "statement"), ("appeal", "text"),
    }  # fmt: skip
    assert left_of(whole(life.user.pk)) == {}
    set_cases(CaseState.CLOSED, closed_at=utc_now(), outcome=Outcome.DISMISSED)
    tasks.forget_erased(0)
    assert find_words([CANARY]) == []
