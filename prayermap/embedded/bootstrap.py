"""What a fresh cluster needs before the first migration: the roles and the database. Repeats without harm."""

from __future__ import annotations

from pathlib import Path

import psycopg
from psycopg import sql

from prayermap.embedded.addresses import DATABASE

ROLES = Path(__file__).parents[1] / "lib" / "sql" / "roles.sql"
OWNER = "prayermap_owner"


def bootstrap(superuser_url: str) -> None:
    """Make the roles, the database of the owner and, where it is available, the extension that counts statements."""
    with psycopg.connect(superuser_url, autocommit=True) as connection:
        connection.execute(ROLES.read_bytes())
        found = connection.execute("SELECT FROM pg_database WHERE datname = %s", [DATABASE]).fetchone()
        if found is None:
            make = sql.SQL("CREATE DATABASE {} OWNER {} ENCODING 'UTF8' TEMPLATE template0")
            connection.execute(make.format(sql.Identifier(DATABASE), sql.Identifier(OWNER)))
    with psycopg.connect(superuser_url, dbname=DATABASE, autocommit=True) as connection:
        query = "SELECT FROM pg_available_extensions WHERE name = 'pg_stat_statements' AND installed_version IS NULL"
        if connection.execute(query).fetchone() is not None:
            connection.execute("CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
