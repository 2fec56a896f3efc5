"""`python -m bench.verses`: send a whole Bible through breaking lines, and see that nothing is lost."""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import time
from pathlib import Path
from typing import Any, get_args

from bench import texts
from bench.agreement import differences
from bench.chaos import breaking_lines, killings
from bench.crowd import Crowd
from bench.rest import shared_http
from bench.stack import Component, Stack

EXAMPLES = """\
Examples:
  python -m bench.verses                              31,086 verses, 50 pairs, a server of its own
  python -m bench.verses --scripts --messages 5000    many scripts, up to 10,000 code points a text
  python -m bench.verses --kill server --times 3      kill -9 in the middle, three times; also postgres, valkey
  python -m bench.verses --url http://127.0.0.1:8000 --messages 2000 --dsn postgresql:///prayermap

Every side of every pair writes and receives. Afterwards the log of each receiver, PostgreSQL and
GET messages must agree byte for byte and in order. Exit status 0 when they do, 1 when they don't.
"""


async def run(options: argparse.Namespace, stack: Stack | None) -> dict[str, Any]:
    """The whole check; the figures, with `differences` empty when all is well."""
    url = stack.url if stack else options.url
    everything = texts.scripts(options.messages or 5_000) if options.scripts else texts.verses()
    async with shared_http(url) as http:
        crowd = await Crowd.gather(url, http, options.pairs, options.window, stack)
        crowd.deal(everything[: options.messages])
        async with crowd:
            await crowd.online()
            start = time.monotonic()
            await asyncio.wait_for(_send(crowd, options, stack), options.timeout)
            seconds = time.monotonic() - start
            late = await crowd.settle()
            found = await differences(crowd, stack.dsn if stack else options.dsn)
        total = sum(len(side.sent) for side in crowd.sides)
    return {
        "messages": total,
        "seconds": round(seconds, 1),
        "per_s": round(total / seconds, 1),
        "pairs": options.pairs,
        "window": options.window,
        "found only by the last sync": late,
        "clients": dict(sorted(crowd.total().items())),
        "differences": dict(found),
    }


async def _send(crowd: Crowd, options: argparse.Namespace, stack: Stack | None) -> None:
    """Until everything is acknowledged and everybody is back."""
    for couple in crowd.couples:
        for side in couple.sides:
            side.write(couple.conversation)
    troubles = (
        [asyncio.create_task(breaking_lines(crowd, options.break_every))] if options.break_every else []
    )
    if options.kill and stack:
        await killings(crowd, stack, options.kill, options.times, options.down)
    answers = [stored for side in crowd.sides for stored in side.sent]
    await asyncio.gather(*answers, return_exceptions=True)
    for trouble in troubles:
        trouble.cancel()
    for ended in await asyncio.gather(*troubles, return_exceptions=True):
        if isinstance(ended, Exception):  # cancelled is how it should end, and no Exception
            raise ended
    print(f"all {len(answers):,} acknowledged; waiting for everybody to be back", file=sys.stderr)
    await crowd.online()


def parse(arguments: list[str] | None = None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m bench.verses",
        description=__doc__,
        epilog=EXAMPLES,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument(
        "--url", help="a running server with raised limits; without it one of our own is started"
    )
    parser.add_argument("--dsn", help="with --url: where PostgreSQL can be read past row-level security")
    parser.add_argument(
        "--server", choices=("daphne", "uvicorn"), default="daphne", help="which one to start"
    )
    parser.add_argument("--scripts", action="store_true", help="texts in many scripts instead of verses")
    parser.add_argument(
        "--messages", type=int, help="how many texts; default: all verses, or 5,000 of --scripts"
    )
    parser.add_argument("--pairs", type=int, default=50, help="pairs of people; both of each write")
    parser.add_argument("--window", type=int, default=1, help="texts of one person on their way at once")
    parser.add_argument(
        "--break-every", type=float, default=3.0, help="seconds between broken lines; 0: never"
    )
    parser.add_argument("--kill", choices=get_args(Component), help="kill -9 this component during the run")
    parser.add_argument("--times", type=int, default=1, help="how often to kill it")
    parser.add_argument("--down", type=float, default=2.0, help="seconds until it is started again")
    parser.add_argument("--timeout", type=float, default=1_200, help="seconds for the sending")
    parser.add_argument("--keep", action="store_true", help="keep the data directory and the logs")
    parser.add_argument("--out", type=Path, help="write the figures as JSON")
    options = parser.parse_args(arguments)
    if options.kill and options.url:
        parser.error("--kill needs a server of our own: leave --url out")
    return options


def main() -> int:
    options = parse()
    if options.url:
        figures = asyncio.run(run(options, None))
    else:
        with Stack(server=options.server, keep=options.keep) as stack:
            figures = asyncio.run(run(options, stack))
    text = json.dumps(figures, indent=1)
    print(text)
    if options.out:
        options.out.write_text(text + "\n")
    print("All agree." if not figures["differences"] else "THEY DIFFER.", file=sys.stderr)
    return 1 if figures["differences"] else 0


if __name__ == "__main__":
    sys.exit(main())
