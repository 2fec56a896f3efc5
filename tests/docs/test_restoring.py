"""docs/operators.md: a dump of the database comes back whole, by the lines as printed."""

import os
import re
import subprocess
from pathlib import Path

import psycopg
import pytest
from django.db import connections

from prayermap.embedded import addresses
from prayermap.embedded.places import places
from prayermap.embedded.programs import programs
from tests.docs.pages import blocks
from tests.messaging.actors import actor
from tests.support.database import uses_embedded

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.timeout(120)]
DATA = Path(os.environ["PRAYERMAP_DATA"])
#: Of a database: what it has of each kind, whose it is and who may do what with it.
SAME = {
    "relations": "SELECT count(*), count(DISTINCT relowner) FROM pg_class WHERE relnamespace = 'public'::regnamespace",
    "functions": "SELECT md5(string_agg(prosrc || coalesce(proacl::text, '') || coalesce(proconfig::text, ''), '' ORDER BY"
    " oid::regprocedure::text)) FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
    "policies": "SELECT md5(string_agg(p::text, '' ORDER BY p::text)) FROM pg_policies p",
    "messages": "SELECT count(*), max(content) FROM message",
}


@pytest.fixture
def restored():
    """A name for the database. The one that is dumped has the extension that only a superuser may make."""
    if not uses_embedded("postgres"):
        pytest.skip("needs a superuser of PostgreSQL: a server of your own gives none (2026-11-29)")
    restored, dumped = "prayermap_restored", connections["owner"].settings_dict["NAME"]
    as_superuser(dumped, "CREATE EXTENSION IF NOT EXISTS pg_stat_statements")
    yield restored
    as_superuser(dumped, "DROP EXTENSION pg_stat_statements")
    as_superuser("postgres", f"DROP DATABASE IF EXISTS {restored}")


def test_a_dump_comes_back_whole(restored, tmp_path):
    ruth, amos = actor(), actor()
    ruth.say(ruth.group(amos), "Peace")
    name = connections["owner"].settings_dict["NAME"]
    lines = blocks("docs/operators.md", "sh")
    (dump,) = [block for block in lines if block.startswith("pg_dump ")]
    (restore,) = [block for block in lines if "pg_restore " in block]
    run(dump, name, tmp_path)
    run("\n".join(row for row in restore.splitlines() if "manage.py" not in row), restored, tmp_path)
    for what, query in SAME.items():
        assert ask(restored, query) == ask(name, query), what
    assert ask(restored, "SELECT count(*) > 0 FROM pg_stats WHERE schemaname = 'public'") == (True,)


def run(lines, database, folder):
    """As printed, but for the database's name."""
    where = places(DATA)
    env = {
        "PATH": f"{programs(where, None).postgres.parent}:{os.environ['PATH']}",
        "PGHOST": str(where.sockets),
    }
    text = re.sub(r"(?<=[ ])prayermap(?=$|\s)", database, lines, flags=re.MULTILINE)
    done = subprocess.run(
        ["sh", "-ec", text], cwd=folder, env=env, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


def as_superuser(database, statement):
    with psycopg.connect(addresses(DATA).superuser_url, dbname=database, autocommit=True) as line:
        line.execute(statement)


def ask(database, query):
    with psycopg.connect(addresses(DATA).superuser_url, dbname=database) as line:
        return line.execute(query).fetchone()
