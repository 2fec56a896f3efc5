"""Everything that `make run` does once the packages are installed."""

from __future__ import annotations

import json
import os
import socket
import sys
import time
from argparse import RawDescriptionHelpFormatter
from typing import Any

from django.conf import settings
from django.core import checks
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import OperationalError

from prayermap.embedded import EmbeddedError
from prayermap.embedded.launcher import EmbeddedServers
from prayermap.embedded.locks import exclusive
from prayermap.management.preparing import close_connections, prepare_database
from prayermap.management.supervising import Supervisor
from prayermap.server.children import STOP_SECONDS, Child

DEMO_PASSWORD = "prayermap-demo"  # noqa: S105 - published: it opens only the demo people, and only with DEBUG


class Command(BaseCommand):
    """Start the embedded servers, migrate, load demo data once, serve and work in the background."""

    help = (
        "Start everything: PostgreSQL and Valkey (unless DATABASE_URL and REDIS_URL name yours), migrations, partitions, "
        "demo data in an empty database with DEBUG=1, the server and the background worker. Ctrl-C stops it all.\n\n"
        "Example: DEBUG=1 SECRET_KEY=... python manage.py quickstart --port 8123"
    )
    # Some checks ask the database, which doesn't run yet; the server makes them when it starts.
    requires_system_checks: list[str] = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        return super().create_parser(
            prog_name, subcommand, formatter_class=RawDescriptionHelpFormatter, **options
        )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
        parser.add_argument(
            "--port", type=int, default=int(os.environ.get("PORT") or 8000), help="(default: %(default)s)"
        )
        parser.add_argument(
            "--server", choices=("daphne", "uvicorn"), default="daphne", help="(default: %(default)s)"
        )
        parser.add_argument(
            "--processes", type=int, default=1, help="server processes on the port (default: %(default)s)"
        )
        parser.add_argument("--no-worker", action="store_true", help="leave the background worker out")
        parser.add_argument(
            "--json",
            action="store_true",
            help="say what it does as JSON objects, one a line; `ready` has the address",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # Line by line also into a file or a pipe, where somebody waits for the ready line.
        sys.stdout.reconfigure(line_buffering=True)  # type: ignore[union-attr]
        self.is_json = options["json"]
        refuse_unsafe_settings()
        servers = EmbeddedServers(
            settings.PRAYERMAP_DATA,
            postgres=not os.environ.get("DATABASE_URL"),
            valkey=not os.environ.get("REDIS_URL"),
        )
        supervisor = Supervisor(self.report, servers)
        try:
            self.wait_for_port(options["host"], options["port"], supervisor)
            self.prepare(servers, supervisor)
            status = self.serve(supervisor, **options)
        except (EmbeddedError, OperationalError) as error:
            raise CommandError(str(error)) from error
        finally:
            close_connections()
            supervisor.stop()
        if status:
            sys.exit(status)

    def report(self, step: str, text: str) -> None:
        """One line of progress."""
        self.stdout.write(json.dumps({"step": step, "text": text}) if self.is_json else f"{step:>11}  {text}")

    def wait_for_port(self, host: str, port: int, supervisor: Supervisor) -> None:
        """Refuse early when the port is taken; a server whose parent was killed may still be draining on it."""
        end = time.monotonic() + STOP_SECONDS
        told = False
        while not supervisor.is_ending():
            try:
                with socket.create_server((host, port), reuse_port=False):
                    return
            except OSError as error:
                if time.monotonic() > end:
                    raise CommandError(
                        f"Port {port} on {host} can't be opened ({error.strerror}). Choose another one: make run PORT=8123"
                    ) from error
                if not told:
                    self.report(
                        "port", f"{port} is taken; waiting {STOP_SECONDS:.0f} s for the program there to end"
                    )
                    told = True
                time.sleep(0.25)

    def prepare(self, servers: EmbeddedServers, supervisor: Supervisor) -> None:
        """Servers and database, one process at a time."""
        if supervisor.is_ending():
            return
        self.report("data", str(settings.PRAYERMAP_DATA))
        if servers.where.home != servers.where.data_dir:
            self.report(
                "", f"the database is in {servers.where.home}, because its user may not enter the above"
            )
        servers.start(lambda line: self.report("servers", line))
        for name in ("DATABASE_URL", "REDIS_URL"):
            if os.environ.get(name):
                self.report("servers", f"{name} names one of yours")
        with exclusive(servers.where.home / "prepare.lock", seconds=600):
            if not supervisor.is_ending():
                prepare_database(self.report)

    def serve(self, supervisor: Supervisor, **options: Any) -> int:
        """Run the children until somebody asks for the end; the exit status."""
        host, port, name = options["host"], options["port"], options["server"]
        if supervisor.is_ending():
            return 0
        command = ["-m", "prayermap.server", "--host", host, "--port", str(port), "--server", name]
        command += ["--processes", str(options["processes"])]
        supervisor.add(Child(f"the server ({name})", [sys.executable, *command], directory=settings.BASE_DIR))
        if not options["no_worker"]:
            worker = [sys.executable, "manage.py", "worker"]
            supervisor.add(Child("the background worker", worker, directory=settings.BASE_DIR))
        shown = f"[{host}]" if ":" in host else host
        address = f"http://{'127.0.0.1' if host in ('0.0.0.0', '::') else shown}:{port}/"  # noqa: S104 - compared, not bound
        if not supervisor.wait_until_answers(f"{address}healthz", name_of_server()):
            if supervisor.is_ending():
                return 0
            return 1
        if self.is_json:
            self.stdout.write(json.dumps({"step": "ready", "text": "PrayerMap is ready", "address": address}))
        else:
            self.stdout.write(f"PrayerMap is ready at {address}")
            self.tell_how_to_sign_in(address)
        return supervisor.watch()

    def tell_how_to_sign_in(self, address: str) -> None:
        """What a person who has just started it needs next."""
        if settings.DEBUG:
            self.stdout.write(
                f"Sign in as ruth@example.com, amos@example.com or lydia@example.com with the password {DEMO_PASSWORD}\n"
                f"(admin@example.com at {address}admin/). The interface is described at {address}api/v1/docs/"
            )
        else:
            self.stdout.write(
                "Make the first administrator with: python manage.py createsuperuser --database owner"
            )
        self.stdout.write("Ctrl-C stops everything.")


def name_of_server() -> str:
    """A host name under which the server answers."""
    names = [name for name in settings.ALLOWED_HOSTS if name != "*"]
    return names[0].lstrip(".") if names else "127.0.0.1"


def refuse_unsafe_settings() -> None:
    """Say at once, before anything is started, what the server would refuse a minute later."""
    errors = [
        found for found in checks.run_checks(tags=[checks.Tags.security]) if found.level >= checks.ERROR
    ]
    if errors:
        raise CommandError("\n".join(str(error.msg) for error in errors))
