"""Bring the database from any earlier state to the present one. Every step repeats without harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import StringIO

from django.conf import settings
from django.contrib.auth import get_user_model
from django.core.management import call_command
from django.db import OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

Report = Callable[[str, str], None]

#: A database of one's own may start beside us, in another container.
DATABASE_SECONDS = 30.0


def prepare_database(report: Report) -> None:
    """Migrations, partitions, demo data, static files; tells each step to `report`.

    Raises OperationalError when the database can't be reached within DATABASE_SECONDS.
    """
    _wait_for_database()
    _migrate(report)
    call_command("create_partitions", stdout=StringIO())
    report("partitions", "the coming months have a place")
    _load_demo_once(report)
    call_command("make_vapid_key", stdout=StringIO())
    if not settings.DEBUG:
        call_command("collectstatic", interactive=False, verbosity=0)
        report("static", "files of the admin site collected")
    close_connections()


def close_connections() -> None:
    """Hand back every connection: what follows happens in other processes."""
    for connection in connections.all(initialized_only=True):
        connection.close()
        if hasattr(connection, "close_pool"):
            connection.close_pool()


def _wait_for_database() -> None:
    end = time.monotonic() + DATABASE_SECONDS
    while True:
        try:
            connections["owner"].ensure_connection()
        except OperationalError:
            if time.monotonic() > end:
                raise
            time.sleep(0.5)
        else:
            return


def _migrate(report: Report) -> None:
    executor = MigrationExecutor(connections["owner"])
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    if missing:
        call_command("migrate", database="owner", interactive=False, verbosity=0)
    report("migrations", f"{len(missing)} applied" if missing else "up to date")


def _load_demo_once(report: Report) -> None:
    if not settings.DEBUG or get_user_model()._default_manager.using("owner").exists():
        return
    call_command("load_demo", stdout=StringIO())
    report("demo", "six people to try it with")
