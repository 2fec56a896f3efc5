"""Migrations run forwards, back to nothing, and forwards again, and end where the models are."""

from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connections

from tests.messaging.lines import line

APPS = ("moderation", "messaging", "prayers", "notifications", "accounts", "prayermap")
OURS = """
SELECT 'relation ' || c.relname AS thing FROM pg_class c WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT 'function ' || p.oid::regprocedure FROM pg_proc p WHERE p.pronamespace = 'public'::regnamespace
UNION ALL SELECT 'type ' || t.typname FROM pg_type t WHERE t.typnamespace = 'public'::regnamespace
UNION ALL SELECT 'policy ' || p.polname || ' on ' || p.polrelid::regclass FROM pg_policy p
UNION ALL SELECT 'constraint ' || c.conname || ' ' || pg_get_constraintdef(c.oid) FROM pg_constraint c
  WHERE c.connamespace = 'public'::regnamespace
UNION ALL SELECT 'grant ' || c.relname || ' ' || a::text FROM pg_class c, unnest(c.relacl) a
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'p')
UNION ALL SELECT 'column grant ' || c.relname || '.' || t.attname || ' ' || a::text
  FROM pg_attribute t JOIN pg_class c ON c.oid = t.attrelid, unnest(t.attacl) a
  WHERE c.relnamespace = 'public'::regnamespace
UNION ALL SELECT 'execute ' || p.oid::regprocedure || ' ' || a::text FROM pg_proc p, unnest(p.proacl) a
  WHERE p.pronamespace = 'public'::regnamespace
ORDER BY 1
"""


@pytest.fixture
def other_database(django_db_setup, django_db_blocker):
    """A database of this test's own, behind the owner's login; the tests' one stays as it is."""
    settings = connections["owner"].settings_dict
    usual, name = settings["NAME"], f"{settings['NAME']}_migrations"
    with django_db_blocker.unblock():
        with line("owner") as connection:
            connection.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            connection.execute(f"CREATE DATABASE {name} TEMPLATE template0 ENCODING 'UTF8'")
        connections["owner"].close()
        settings["NAME"] = name
        try:
            yield
        finally:
            connections["owner"].close()
            settings["NAME"] = usual
            with line("owner") as connection:
                connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def migrate(*args: str) -> None:
    call_command("migrate", *args, database="owner", verbosity=0, stdout=StringIO())


def things() -> list[str]:
    """All that stands in the database: tables, functions, policies, constraints, rights."""
    with line("owner") as connection:
        return [row.thing for row in connection.execute(OURS)]


def test_forwards_back_to_nothing_and_forwards_again(other_database):
    migrate()
    first = things()
    assert any("send_messages" in thing for thing in first)
    for app in (app for app in APPS if app in applied()):
        migrate(app, "zero")
    left = [
        thing
        for thing in things()
        if any(f" {word}" in thing for word in ("message", "conversation", "participant"))
    ]
    assert left == []
    migrate()
    assert things() == first


def test_models_and_migrations_are_in_step(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        call_command("makemigrations", check=True, dry_run=True, verbosity=0)


def applied() -> set[str]:
    """The apps that have migrations here."""
    with line("owner") as connection:
        return {row.app for row in connection.execute("SELECT DISTINCT app FROM django_migrations")}


def test_every_sql_file_has_its_reverse_beside_it():
    root = Path(__file__).parents[1]
    files = {
        path.relative_to(root) for path in root.glob("*/sql/*.sql") if not path.name.endswith(".reverse.sql")
    }
    missing = [
        str(path) for path in files if not (root / path).with_suffix("").with_suffix(".reverse.sql").exists()
    ]
    assert missing == []
