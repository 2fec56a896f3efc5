"""Every table and every column of the database says what becomes of it."""

import pytest

from moderation.privacy.registry import IMPERSONAL, TRACES
from moderation.privacy.traces import ByFunction, Deleted, Kept
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)

COLUMNS = """
SELECT c.relname AS table, array_agg(a.attname::text) AS columns
FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p') AND NOT c.relispartition
GROUP BY 1
"""


@pytest.fixture
def tables() -> dict[str, set[str]]:
    return {row.table: set(row.columns) for row in owner(COLUMNS)}


def test_every_table_is_classified(tables):
    assert sorted(tables) == sorted({trace.table for trace in TRACES} | set(IMPERSONAL))
    assert not {trace.table for trace in TRACES} & set(IMPERSONAL)


def test_rows_that_stay_say_of_each_column_whether_it_is_emptied_or_why_it_stays(tables):
    wrong = {}
    for trace in TRACES:
        if not trace.kept:
            assert isinstance(trace, Deleted | ByFunction), trace.table
            continue
        said = trace.emptied | set(trace.kept)
        if said != tables[trace.table] or trace.emptied & set(trace.kept):
            wrong[trace.table] = (said ^ tables[trace.table], trace.emptied & set(trace.kept))
    assert wrong == {}


def test_every_column_says_whether_its_person_is_given_it_or_why_not(tables):
    wrong = {}
    for trace in TRACES:
        said = {*trace.shown, *trace.hidden}
        if said != tables[trace.table] or set(trace.shown) & set(trace.hidden):
            wrong[trace.table] = said ^ tables[trace.table]
    assert wrong == {}


def test_reasons_are_sentences():
    reasons = [
        *IMPERSONAL.values(),
        *(why for trace in TRACES for why in (*trace.kept.values(), *trace.hidden.values())),
    ]
    assert [why for why in reasons if len(why) < 10] == []


def test_columns_that_name_a_person_or_a_member_are_found_by_the_registry(tables):
    """A foreign key to people or members whose table has no trace would be overlooked for ever."""
    pointing = owner(
        "SELECT conrelid::regclass::text AS name FROM pg_constraint WHERE contype = 'f' AND confrelid = ANY"
        " (ARRAY['accounts_user'::regclass, 'participant'::regclass]::oid[]) AND NOT conrelid::regclass::text LIKE '%_2___!___' ESCAPE '!'"
    )
    traced = {trace.table for trace in TRACES}
    assert {row.name for row in pointing} - traced == set()


def test_rows_are_kept_for_a_reason():
    assert [trace.table for trace in TRACES if isinstance(trace, Kept) and not trace.kept] == []
