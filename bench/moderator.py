"""A moderator who opens pages of the console inside this process, for `bench.case_queue`.

`python -m bench.moderator`, with a stack's environment: reads a JSON list from each line of its input and answers it with a
line of JSON. `["fill", cases, messages]` makes them and answers the seconds it took; `["statements", path]` tells how many
statements a page is and how many of them count; `["ask", path, times]` opens it and tells milliseconds, by the clock
and of this process.
"""

from __future__ import annotations

import json
import sys
import time
from pathlib import Path
from typing import Any


def main() -> int:
    import django

    django.setup()
    browser, writer = _signed_in()
    for line in sys.stdin:
        what, *rest = json.loads(line)
        if what == "fill":
            answer: Any = _fill(*rest, writer=writer)
        elif what == "statements":
            answer = _statements(browser, *rest)
        else:
            answer = _ask(browser, *rest)
        print(json.dumps(answer), flush=True)
    return 0


def _signed_in():
    from django.test import Client

    from accounts.models import User

    email = "queue@example.org"
    user = User.objects.using("owner").filter(email=email).first()
    if user is None:
        user = User(email=email, display_name="Miriam", is_staff=True, is_superuser=True)
        user.set_password("correct horse battery")
        user.save(using="owner")
    browser = Client(SERVER_NAME="127.0.0.1")
    browser.post("/accounts/login/", {"login": email, "password": "correct horse battery"})
    if browser.get("/admin/cases/").status_code != 200:
        raise RuntimeError("the moderator was not let in")
    return browser, user.pk


def _statements(browser, path: str) -> dict[str, int]:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    with CaptureQueriesContext(connection) as captured:
        browser.get(path)
    statements = [query["sql"].upper() for query in captured.captured_queries]
    return {"all": len(statements), "counting": sum("COUNT(" in sql for sql in statements)}


def _ask(browser, path: str, times: int) -> dict[str, list[float]]:
    walls, cpus = [], []
    for _ in range(times):
        wall, cpu = time.perf_counter(), time.process_time()
        answer = browser.get(path)
        walls.append((time.perf_counter() - wall) * 1_000)
        cpus.append((time.process_time() - cpu) * 1_000)
        if answer.status_code != 200:
            raise RuntimeError(f"{path}: {answer.status_code}")
    return {"wall": walls, "cpu": cpus}


def _fill(cases: int, messages: int, *, writer) -> float:
    import psycopg
    from django.db import connections

    begun = time.monotonic()
    connections["owner"].ensure_connection()
    cursor = psycopg.ClientCursor(connections["owner"].connection)  # several statements with their parameters
    sql = Path(__file__).with_name("case_queue.sql").read_text()
    cursor.execute(sql, {"cases": cases, "messages": messages, "writer": writer})
    return time.monotonic() - begun


if __name__ == "__main__":
    sys.exit(main())
