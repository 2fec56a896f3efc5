"""Requests to addresses that clients gave us: to public hosts only, with one deadline, and little is read of answers.

The only coroutines outside of sockets: aiohttp cuts a whole exchange off after its time, however slowly the other side
drips, and asks us for the addresses that it connects to, so that a name can't change between the check and the use.
"""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Sequence
from email.utils import parsedate_to_datetime
from typing import NamedTuple

import aiohttp
from aiohttp.abc import AbstractResolver, ResolveResult

from notifications.rules.endpoints import check_endpoint, is_public

DEADLINE_S = 15.0
CONNECT_S = 5.0
AT_ONCE = 16


class Post(NamedTuple):
    """What is sent where."""

    url: str
    headers: dict[str, str]
    body: bytes


class Answer(NamedTuple):
    """The status, 0 where there was none; `retry_after_s` where the other side asks for patience."""

    status: int
    retry_after_s: float | None = None
    #: The address isn't one that we send to.
    is_refused: bool = False


def post_all(posts: Sequence[Post], *, to_loopback: bool) -> list[Answer]:
    """Send them, a few at a time; the answers in their order.

    No redirect is followed, no cookie kept, no proxy of the environment used, no body read.
    """
    return asyncio.run(_post_all(posts, to_loopback=to_loopback))


class _PublicResolver(AbstractResolver):
    """Names by the system's resolver, without the addresses that are not public."""

    def __init__(self, *, to_loopback: bool) -> None:
        self._system = aiohttp.ThreadedResolver()
        self._to_loopback = to_loopback

    async def resolve(
        self, host: str, port: int = 0, family: socket.AddressFamily = socket.AF_UNSPEC
    ) -> list[ResolveResult]:
        found = await self._system.resolve(host, port, family)
        allowed = [one for one in found if is_public(one["host"]) or self._is_own(host)]
        if not allowed:
            raise OSError("no public address")
        return allowed

    def _is_own(self, host: str) -> bool:
        return self._to_loopback and host == "localhost"

    async def close(self) -> None:
        await self._system.close()


async def _post_all(posts: Sequence[Post], *, to_loopback: bool) -> list[Answer]:
    connector = aiohttp.TCPConnector(
        resolver=_PublicResolver(to_loopback=to_loopback), limit=AT_ONCE, use_dns_cache=False
    )
    async with aiohttp.ClientSession(
        connector=connector, cookie_jar=aiohttp.DummyCookieJar(), auto_decompress=False, trust_env=False
    ) as session:
        turns = asyncio.Semaphore(AT_ONCE)

        async def one(post: Post) -> Answer:
            async with turns:
                return await _post(session, post, to_loopback=to_loopback)

        return list(await asyncio.gather(*map(one, posts)))


async def _post(session: aiohttp.ClientSession, post: Post, *, to_loopback: bool) -> Answer:
    try:
        check_endpoint(post.url, to_loopback=to_loopback)  # an address in numbers asks no resolver
    except ValueError:
        return Answer(0, is_refused=True)
    timeout = aiohttp.ClientTimeout(total=DEADLINE_S, connect=CONNECT_S)
    try:
        async with session.post(
            post.url, data=post.body, headers=post.headers, allow_redirects=False, timeout=timeout
        ) as response:
            answer = Answer(response.status, _retry_after(response.headers.get("Retry-After")))
            if response.content_length != 0:
                response.close()  # whatever it goes on to say
            return answer
    except (aiohttp.ClientError, TimeoutError, OSError, ValueError):
        return Answer(0)


def _retry_after(value: str | None) -> float | None:
    """Seconds, or until a date; None where there is none that could be understood."""
    if not value:
        return None
    if value.isascii() and value.strip().isdigit():
        return float(value.strip()[:9])
    try:
        return max(0.0, parsedate_to_datetime(value).timestamp() - time.time())
    except (ValueError, TypeError):
        return None
