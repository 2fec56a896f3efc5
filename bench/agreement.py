"""Do sender, receiver, REST and PostgreSQL tell the same story, byte for byte and in order?"""

from __future__ import annotations

import asyncio
import itertools
from collections import Counter

import psycopg

from bench.crowd import Couple, Crowd, Entry, Side
from bench.rest import Rest

PAGE = 100
AT_ONCE = 4


async def differences(crowd: Crowd, dsn: str | None) -> Counter[str]:
    """How many messages are lost, doubled, altered or out of order, by what was compared. Empty: all agree."""
    gate = asyncio.Semaphore(AT_ONCE)

    async def one(couple: Couple) -> Counter[str]:
        async with gate:
            return await _couple(couple, dsn)

    return sum(await asyncio.gather(*(one(couple) for couple in crowd.couples)), Counter())


async def _couple(couple: Couple, dsn: str | None) -> Counter[str]:
    stored = await history(couple.sides[0].person.rest, couple.conversation)
    found = _numbered(stored)
    if dsn:
        rows = await asyncio.to_thread(_rows, dsn, couple.conversation)
        found += _compare("PostgreSQL against GET messages", rows, stored)
    other = await history(couple.sides[1].person.rest, couple.conversation)
    found += _compare("GET messages of the other side", other, stored)
    for side in couple.sides:
        found += _compare("a receiver's log", side.log, stored)
        found += _written(side, stored)
    return found


async def history(rest: Rest, conversation: str) -> list[Entry]:
    """The whole conversation over REST, oldest first."""
    entries: list[Entry] = []
    while True:
        after = entries[-1].seq if entries else 0
        page = await rest.call("GET", f"/conversations/{conversation}/messages/?after={after}&limit={PAGE}")
        entries += [Entry(message["seq"], message["id"], message["content"]) for message in page["results"]]
        if len(page["results"]) < PAGE:
            return entries


def _rows(dsn: str, conversation: str) -> list[Entry]:
    query = "SELECT seq, id::text, content FROM message WHERE conversation_id = %s ORDER BY seq"
    with psycopg.connect(dsn) as connection:
        return [Entry(*row) for row in connection.execute(query, [conversation])]


def _numbered(stored: list[Entry]) -> Counter[str]:
    """`seq` counts 1, 2, 3 without a gap."""
    wrong = sum(entry.seq != place for place, entry in enumerate(stored, start=1))
    return Counter({"seq with gaps": wrong} if wrong else {})


def _compare(name: str, entries: list[Entry], stored: list[Entry]) -> Counter[str]:
    if entries == stored:
        return Counter()
    have, want = Counter(entry.id for entry in entries), {entry.id: entry for entry in stored}
    return +Counter(
        {
            f"{name}: lost": len(want.keys() - have.keys()),
            f"{name}: unknown": len(have.keys() - want.keys()),
            f"{name}: twice": sum(count - 1 for count in have.values()),
            f"{name}: altered": sum(entry != want[entry.id] for entry in entries if entry.id in want),
            f"{name}: out of order": sum(
                later.seq < earlier.seq for earlier, later in itertools.pairwise(entries)
            ),
        }
    )


def _written(side: Side, stored: list[Entry]) -> Counter[str]:
    """What one wrote, against what is kept: everything answered `ok` is there once, and in the order of writing."""
    acknowledged = [future.result() for future in side.sent if future.done() and not future.exception()]
    kept = {entry.id: entry for entry in stored}
    wrong = Counter({"refused or unanswered": len(side.sent) - len(acknowledged)})
    for answer in acknowledged:
        entry = Entry(answer["seq"], answer["id"], answer["content"])
        wrong["answered ok, not kept as answered"] += kept.get(answer["id"]) != entry
    wrong["answered ok, not as written"] = sum(
        answer["content"] != text for answer, text in zip(acknowledged, side.texts, strict=False)
    )
    places = [answer["seq"] for answer in acknowledged]
    wrong["not in the order of writing"] = sum(b <= a for a, b in itertools.pairwise(places))
    return +wrong
