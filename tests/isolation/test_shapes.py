"""What the tables of the seed had wrong as tables, and ours must not have again."""

import pytest
from django.db import DatabaseError, connections, transaction

from tests.messaging.actors import actor
from tests.messaging.lines import owner
from tests.moderation.old_months import old_months, say_it_was, schemas_of

pytestmark = pytest.mark.django_db(transaction=True)

#: The month of a table has the indexes of its parent.
TWINS = """
SELECT i.indrelid::regclass::text AS "table", array_agg(c.relname::text ORDER BY c.relname) AS names
FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid JOIN pg_class t ON t.oid = i.indrelid
WHERE t.relnamespace = 'public'::regnamespace AND NOT t.relispartition AND t.relname NOT LIKE ALL (%s)
GROUP BY i.indrelid, i.indkey::text, i.indclass::text, i.indoption::text, pg_get_expr(i.indpred, i.indrelid),
  pg_get_expr(i.indexprs, i.indrelid), c.relam
HAVING count(*) > 1
"""
#: Tables of libraries.
OTHERS = ["django_%", "auth_%", "account_%", "mfa_%", "procrastinate_%"]


def test_no_index_stands_there_twice():
    assert owner(TWINS, OTHERS) == []


def test_an_account_is_never_deleted_under_what_others_read():
    """It is emptied; a row that is gone would take conversations with it or leave ids that lead nowhere."""
    ruth, amos = actor("Ruth"), actor("Amos")
    ruth.say(ruth.direct(amos))
    with pytest.raises(DatabaseError, match="foreign key"), transaction.atomic(using="owner"):
        connections["owner"].cursor().execute("DELETE FROM accounts_user WHERE id = %s", [ruth.user.pk])


def test_a_column_that_is_added_later_is_archived_with_the_rest():
    from datetime import date

    month = date(2025, 3, 1)
    ruth, amos = actor("Ruth"), actor("Amos")
    talk = ruth.direct(amos)
    ruth.say(talk, "old")
    with old_months(month):
        say_it_was(month, talk)
        owner("ALTER TABLE message ADD COLUMN later text DEFAULT 'kept'")
        try:
            owner("SELECT archive_message_month(%s, now())", month)
            assert schemas_of(month) == {"archive"}
            assert [row.later for row in owner("SELECT later FROM message")] == ["kept"]
        finally:
            owner("ALTER TABLE message DROP COLUMN later")
