"""`python -m prayermap.server`: serve the application with daphne or uvicorn."""

from __future__ import annotations

import argparse
import asyncio
import importlib
import os
import sys

import uvloop

from prayermap.server.allocator import use_one_arena
from prayermap.server.descriptors import raise_limit
from prayermap.server.options import Options
from prayermap.server.several import serve_with

#: Each holds a pool of connections; more of them than this is more than one PostgreSQL serves.
MOST_PROCESSES = 64


def main() -> int:
    """Parse, check the settings, serve; the exit status."""
    parser = _parser()
    arguments = parser.parse_args()
    if arguments.processes > 1:
        if arguments.server == "daphne" and ":" in arguments.host:
            parser.error("several processes of daphne listen on IPv4 addresses only; take --server uvicorn")
        return serve_with(
            _one_of_several(arguments), arguments.processes, Options(arguments.host, arguments.port)
        )
    use_one_arena()
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prayermap.settings")
    if not _settings_are_safe():
        return 1
    if arguments.server == "daphne":
        # Daphne makes its loop when it is imported; uvloop's answers 28 % more frames a second (measured, one core).
        asyncio.set_event_loop_policy(uvloop.EventLoopPolicy())
    # Named by the process's own choice, and imported late: daphne brings a Twisted reactor with it.
    server = importlib.import_module(f"prayermap.server.{arguments.server}_server")
    raise_limit()
    status: int = server.serve(_options(arguments))
    return status


def _one_of_several(arguments: argparse.Namespace) -> list[str]:
    """What each of the processes is called with."""
    deflate = "--deflate" if arguments.deflate else "--no-deflate"
    where = ["--host", arguments.host, "--port", str(arguments.port)]
    return [*where, "--server", arguments.server, deflate, "--shared-port"]


def _options(arguments: argparse.Namespace) -> Options:
    """Needs the settings, which have been checked."""
    from django.conf import settings

    from accounts.tokens import may_upload

    return Options(
        host=arguments.host,
        port=arguments.port,
        deflate=arguments.deflate,
        is_shared=arguments.shared_port,
        upload_path="/api/v1/attachments/",
        upload_bytes=settings.UPLOAD_BYTES,
        may_upload=may_upload,
    )


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m prayermap.server",
        description="Serve PrayerMap over HTTP and WebSocket.",
        epilog="Example: python -m prayermap.server --port 8123 --server uvicorn",
    )
    parser.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    parser.add_argument(
        "--port", type=int, default=int(os.environ.get("PORT", "8000")), help="(default: %(default)s)"
    )
    parser.add_argument(
        "--server", choices=("daphne", "uvicorn"), default="daphne", help="(default: %(default)s)"
    )
    parser.add_argument(
        "--processes",
        type=_count,
        default=1,
        help="how many serve on the port, started again when they die (default: %(default)s)",
    )
    parser.add_argument(
        "--shared-port", action="store_true", help="listen beside other processes that do so too"
    )
    parser.add_argument(
        "--deflate",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="compress long frames for clients that offer it (default: yes)",
    )
    return parser


def _count(text: str) -> int:
    count = int(text)
    if not 1 <= count <= MOST_PROCESSES:
        raise argparse.ArgumentTypeError(f"from 1 to {MOST_PROCESSES}")
    return count


def _settings_are_safe() -> bool:
    """Whether Django's and our own checks find no error; says on standard error what they found.

    They load every page and form of the product, most of which a server process never needs (9 MB): so a copy of this
    process makes them, and what they loaded ends with it.
    """
    import django

    django.setup()
    copy = os.fork()
    if not copy:
        status = 1
        try:
            status = 0 if _checked() else 1
        finally:
            sys.stderr.flush()
            os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(copy, 0)[1]) == 0


def _checked() -> bool:
    from django.core import checks

    from prayermap.management.preparing import close_connections

    found = [one for one in checks.run_checks(databases=["default"]) if one.level >= checks.WARNING]
    for one in found:
        print(one, file=sys.stderr)
    close_connections()
    return not any(one.level >= checks.ERROR for one in found)


if __name__ == "__main__":
    sys.exit(main())
