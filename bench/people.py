"""People for a measurement: made over REST like anybody, or in bulk beside our own server."""

from __future__ import annotations

import asyncio
import json
import secrets
import subprocess
import sys
from dataclasses import dataclass
from typing import Any

import httpx

from bench.ids import client_id
from bench.rest import Rest
from bench.stack import ROOT, Stack

PASSWORD = "a-quiet-bench-under-the-oak"
#: Each sign-in computes an argon2 hash on the server, so more at once would only wait longer.
AT_ONCE = 4


@dataclass
class Person:
    """Somebody who is signed in."""

    email: str
    id: str
    rest: Rest


async def people(http: httpx.AsyncClient, count: int, stack: Stack | None) -> list[Person]:
    """`count` new people, signed in. Without a `stack` of ours they register and sign in over REST."""
    if stack is not None:
        return await asyncio.to_thread(_seeded, http, count, stack)
    run, gate = secrets.token_hex(4), asyncio.Semaphore(AT_ONCE)

    async def one(number: int) -> Person:
        async with gate:
            return await register(http, f"bench-{run}-{number}@example.com", f"Bench {run} {number}")

    return list(await asyncio.gather(*(one(number) for number in range(count))))


async def register(http: httpx.AsyncClient, email: str, name: str) -> Person:
    """A new account over REST. Raises Problem, e.g. 429 `rate_limited` at a server with everyday limits."""
    body = {"email": email, "password": PASSWORD, "display_name": name}
    await Rest(http).call("POST", "/auth/register/", body)
    rest = await Rest.sign_in(http, email, PASSWORD)
    return Person(email, (await rest.call("GET", "/me/"))["id"], rest)


def _seeded(http: httpx.AsyncClient, count: int, stack: Stack) -> list[Person]:
    command = [sys.executable, "-m", "bench.seed", "--count", str(count)]
    made = subprocess.run(command, cwd=ROOT, env=stack.env, check=True, stdout=subprocess.PIPE)
    rows: list[dict[str, Any]] = json.loads(made.stdout)
    return [Person(row["email"], row["id"], Rest(http, access=row["access"])) for row in rows]


async def befriend(a: Person, b: Person) -> str:
    """The id of the direct conversation of two people, accepted by both."""
    body = {"kind": "direct_message", "members": [b.id], "client_id": client_id()}
    conversation = str((await a.rest.call("POST", "/conversations/", body))["id"])
    await b.rest.call("POST", f"/conversations/{conversation}/accept/", {})
    return conversation


async def gather(owner: Person, others: list[Person]) -> str:
    """The id of a group of all of them, everybody active."""
    body = {
        "kind": "group_prayer",
        "title": "Bench",
        "client_id": client_id(),
        "members": [one.id for one in others],
    }
    conversation = str((await owner.rest.call("POST", "/conversations/", body))["id"])
    gate = asyncio.Semaphore(AT_ONCE)

    async def accept(one: Person) -> None:
        async with gate:
            await one.rest.call("POST", f"/conversations/{conversation}/accept/", {})

    await asyncio.gather(*(accept(one) for one in others))
    return conversation
