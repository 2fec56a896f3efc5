"""Look for a word in all that is stored: the proof that it stands nowhere any more."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import NamedTuple

from django.contrib.sessions.models import Session as BrowserSession

from moderation.privacy.subject import OWNER
from prayermap.lib.db import call


class Hit(NamedTuple):
    """Where a word stands, and in how many rows."""

    word: str
    table: str
    column: str
    rows: int


def find_words(words: Iterable[str], *, told: Callable[[str], None] = lambda table: None) -> list[Hit]:
    """Every column of every table, months of a table under its name. Reads the whole database, as the owner."""
    wanted = list(words)
    hits: list[Hit] = []
    for table in call("scannable_tables", using=OWNER):
        told(table.name)
        for word in wanted:
            rows = call("find_word", table.name, word, types="text text", using=OWNER)
            hits += [Hit(word, table.root, row.column_name, row.hits) for row in rows]
    return hits + _in_browser_sessions(wanted)


def _in_browser_sessions(words: list[str]) -> list[Hit]:
    """Their text is packed: a word shows only when it is unpacked."""
    found = dict.fromkeys(words, 0)
    for row in BrowserSession.objects.using(OWNER).iterator(chunk_size=1_000):
        text = str(row.get_decoded()).lower()
        for word in words:
            found[word] += word.lower() in text
    return [Hit(word, "django_session", "session_data", rows) for word, rows in found.items() if rows]
