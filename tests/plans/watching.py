"""Plans of every statement, those inside functions too, through auto_explain."""

import json
import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple

import psycopg
import pytest
from django.db import connections

from prayermap.embedded import addresses
from tests.support.database import uses_embedded

SETTINGS = (
    "LOAD 'auto_explain'", "SET auto_explain.log_min_duration = 0", "SET auto_explain.log_nested_statements = on",
    "SET auto_explain.log_analyze = on", "SET auto_explain.log_format = json", "SET auto_explain.log_timing = off",
    "SET client_min_messages = log",
)  # fmt: skip
#: Of one loop, in PostgreSQL's words.
LOOKED_AT = ("Actual Rows", "Rows Removed by Filter", "Rows Removed by Index Recheck")


class Node(NamedTuple):
    kind: str
    relation: str
    index: str
    condition: str = ""
    #: That it looked at, those included that a filter then dropped.
    rows: float = 0


class Watched(NamedTuple):
    milliseconds: float
    nodes: list[Node]


def watch(role: str, user: str, statements: list[str]) -> Watched:
    """Run these in one transaction as this role, and undo them: how long they took, every node that ran."""
    with watching() as look:
        return look(role, user, statements)


@contextmanager
def watching() -> Iterator[Callable[[str, str, list[str]], Watched]]:
    """The same several times on one connection, which keeps its plans."""
    if not uses_embedded("postgres"):
        pytest.skip("needs a superuser of PostgreSQL: a server of your own gives none (2026-11-29)")
    url = addresses(Path(os.environ["PRAYERMAP_DATA"])).superuser_url
    with psycopg.connect(url, dbname=connections["owner"].settings_dict["NAME"], autocommit=True) as line:
        plans: list[dict[str, Any]] = []
        for setting in SETTINGS:
            line.execute(setting)
        line.add_notice_handler(lambda notice: plans.extend(plans_in(notice.message_primary or "")))

        def look(role: str, user: str, statements: list[str]) -> Watched:
            plans.clear()
            with line.transaction(force_rollback=True):
                line.execute(
                    "SELECT set_config('role', %s, true), set_config('prayermap.user_id', %s, true)",
                    [role, user],
                )
                begun = time.perf_counter()
                for statement in statements:
                    line.execute(statement)
                took = (time.perf_counter() - begun) * 1000
            return Watched(took, [node for plan in plans for node in nodes_of(plan)])

        yield look


def plans_in(message: str) -> Iterator[dict[str, Any]]:
    _, found, text = message.partition("plan:\n")
    if found:
        yield json.loads(text)["Plan"]


def nodes_of(plan: dict[str, Any]) -> Iterator[Node]:
    if plan.get("Actual Loops", 1):
        yield Node(
            plan["Node Type"],
            plan.get("Relation Name", ""),
            plan.get("Index Name", ""),
            plan.get("Index Cond", ""),
            sum(plan.get(count, 0) for count in LOOKED_AT) * plan.get("Actual Loops", 1),
        )
    for inner in plan.get("Plans", []):
        yield from nodes_of(inner)
