"""`python -m bench.case_queue`: does the moderators' queue stay quick when much lies behind it?

Asks for the first page of the queue again and again: on an empty system, with one page of cases, and with 100,000 open
cases and a million messages (`--messages 10000000` takes minutes more). Prints the statements of a page, how many of
them count, and the median times; the ratios are to the empty system, which draws no row, and to the one with a page of
them; those of CPU depend less on what else the machine does. A PostgreSQL of its own, in a throw-away directory.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import time
from pathlib import Path
from typing import NamedTuple

from bench.stack import ROOT, Stack

#: With a password alone, which DEBUG lets in.
INSIDE = {"DEBUG": "1", "DJANGO_SETTINGS_MODULE": "prayermap.settings"}
#: Rows of a page of the queue, and some.
PAGE = 60
PATHS = ("/admin/cases/", "/admin/cases/?show=overdue", "/admin/")


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.case_queue", description=__doc__)
    parser.add_argument("--cases", type=int, default=100_000)
    parser.add_argument("--messages", type=int, default=1_000_000)
    parser.add_argument("--pages", type=int, default=40, help="how often each page is asked for")
    parser.add_argument("--inside", action="store_true", help=argparse.SUPPRESS)
    arguments = parser.parse_args()
    if arguments.inside:
        return _measure(arguments.cases, arguments.messages, arguments.pages)
    with Stack() as stack:
        stack.stop_server()
        command = [sys.executable, "-m", "bench.case_queue", "--inside", *sys.argv[1:]]
        return subprocess.run(command, cwd=ROOT, env=stack.env | INSIDE, check=False).returncode


def _measure(cases: int, messages: int, pages: int) -> int:
    import django

    django.setup()
    browser, writer = _moderator()
    empty = {path: _asked(browser, path, pages) for path in PATHS}
    _fill(cases=PAGE, messages=0, writer=writer)
    few = {path: _asked(browser, path, pages) for path in PATHS}
    started = time.monotonic()
    _fill(cases=cases, messages=messages, writer=writer)
    print(f"{cases:,} cases and {messages:,} messages were made in {time.monotonic() - started:.0f} s")
    print(
        f"{'page':26}{'statements':>11}{'counting':>9}  median ms: empty, a page, full; ratios; ratios of CPU"
    )
    for path in PATHS:
        full, before = _asked(browser, path, pages), (empty[path], few[path])
        times = " ".join(f"{asked.wall:.1f}" for asked in (*before, full))
        walls = " ".join(f"{full.wall / asked.wall:.2f}" for asked in before)
        cpus = " ".join(f"{full.cpu / asked.cpu:.2f}" for asked in before)
        print(f"{path:26}{full.statements:>11}{full.counting:>9}  {times}; {walls}; {cpus}")
    return 0


def _moderator():
    from django.test import Client

    from accounts.models import User

    user = User(email="queue@example.org", display_name="Miriam", is_staff=True, is_superuser=True)
    user.set_password("correct horse battery")
    user.save(using="owner")
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.post("/accounts/login/", {"login": user.email, "password": "correct horse battery"})
    assert browser.get("/admin/cases/").status_code == 200, "the moderator was not let in"
    return browser, user.pk


class Asked(NamedTuple):
    """Median milliseconds of a page, by the clock and of this process; its statements, and how many of them count."""

    wall: float
    cpu: float
    statements: int
    counting: int


def _asked(browser, path: str, pages: int) -> Asked:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    statements = [query["sql"].upper() for query in captured.captured_queries]
    walls, cpus = [], []
    for _ in range(pages):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = browser.get(path)
        walls.append((time.perf_counter() - wall) * 1_000)
        cpus.append((time.process_time() - cpu) * 1_000)
        assert answer.status_code == 200, path
    counting = sum("COUNT(" in sql for sql in statements)
    return Asked(statistics.median(walls), statistics.median(cpus), len(statements), counting)


def _fill(**parameters) -> None:
    import psycopg
    from django.db import connections

    connections["owner"].ensure_connection()
    cursor = psycopg.ClientCursor(connections["owner"].connection)  # several statements with their parameters
    cursor.execute(Path(__file__).with_suffix(".sql").read_text(), parameters)


if __name__ == "__main__":
    sys.exit(main())
