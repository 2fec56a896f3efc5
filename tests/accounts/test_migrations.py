from pathlib import Path

import pytest
from django.db import connections, transaction

import accounts

SQL = Path(accounts.__file__).parent / "sql"

ACCESS = """
SELECT c.relname, c.relacl::text, c.relrowsecurity, array(SELECT attname::text || attacl::text FROM pg_attribute
    WHERE attrelid = c.oid AND attacl IS NOT NULL ORDER BY 1), array(SELECT polname::text || polcmd::text || polroles::text
    || coalesce(pg_get_expr(polqual, polrelid), '') FROM pg_policy WHERE polrelid = c.oid ORDER BY 1)
FROM pg_class c WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace ORDER BY 1
"""


@pytest.mark.django_db
def test_every_sql_file_can_be_taken_back_and_run_again():
    names = sorted(path.name.removesuffix(".reverse.sql") for path in SQL.glob("*.reverse.sql"))
    assert names == sorted(p.stem for p in SQL.glob("*.sql") if not p.name.endswith(".reverse.sql"))
    with transaction.atomic(using="owner"), connections["owner"].cursor() as cursor:
        # Apps above have narrowed rights since: the second round is held against the first.
        first, second = (_round(cursor, names) for _ in range(2))
        assert first == second
        transaction.set_rollback(True, using="owner")


def _round(cursor, names: list[str]) -> dict[str, tuple]:
    """Take all files back and run them again; what may be done then, by table."""
    for name in reversed(names):
        cursor.execute((SQL / f"{name}.reverse.sql").read_text())
    cursor.execute("SELECT count(*) FROM pg_policy WHERE polrelid = 'accounts_user'::regclass")
    assert cursor.fetchone() == (0,)
    for name in names:
        cursor.execute((SQL / f"{name}.sql").read_text())
    cursor.execute(ACCESS)
    return {row[0]: row[2:] for row in cursor.fetchall()}
