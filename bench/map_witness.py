"""`python -m bench.map_witness`: how soon is an act seen on open maps ("time to witness")?

50 sockets watch the whole world while people pray, respond, begin conversations (which draws a line) and answer their
prayers, 20 acts a second on a timetable. For each act and each socket: the time from before the request to the frame
that shows it. Exit status 0 when nothing was missed and p99 is below the two seconds that are promised. A PostgreSQL,
a Valkey and a server of its own, in a throw-away directory.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import random
import sys
import time
from collections import deque
from typing import Any
from urllib.parse import urlsplit

from bench.people import Person, people
from bench.rest import shared_http
from bench.stack import Stack
from bench.stats import latency
from bench.wire import RawSocket, open_socket

PROMISED_MS = 2_000
#: What the last acts may still take after the timetable has ended.
GRACE_S = 5.0
ACTS = ("prayer", "response", "line", "answer")
Seen = tuple[str, str]  # a prayer, and which act on it


class Witness:
    """One open map: when it first showed each act."""

    def __init__(self) -> None:
        self.seen: dict[Seen, float] = {}
        self.frames = self.characters = self.reloads = 0
        self.welcomed, self.watched = asyncio.Event(), asyncio.Event()
        self.socket: RawSocket

    async def open(self, url: str, person: Person) -> None:
        parts = urlsplit(url)
        path = f"/ws/v1/?ticket={await person.rest.ticket()}"
        self.socket = await open_socket(str(parts.hostname), parts.port or 80, path, self._take)
        await asyncio.wait_for(self.welcomed.wait(), 30)
        self.socket.send(b'{"type":"map.watch","ref":1,"data":{"bbox":[-180,-90,180,90]}}')
        await asyncio.wait_for(self.watched.wait(), 30)

    def _take(self, payload: bytes) -> None:
        moment, frame = time.perf_counter(), json.loads(payload)
        match frame["type"]:
            case "welcome":
                self.welcomed.set()
            case "ok":
                self.watched.set()
            case "map.updated":
                self.frames += 1
                self.characters += len(payload)
                self.reloads += bool(frame["data"].get("reload"))
                for feature in frame["data"]["features"]:
                    for act in acts_in(feature):
                        self.seen.setdefault(act, moment)


def acts_in(feature: dict[str, Any]) -> list[Seen]:
    """What a feature shows to have happened; each prayer is answered, and responded to, once here."""
    about = feature["properties"]
    if about["type"] == "line":
        return [(about["prayer"], "line")]
    shown = {
        "prayer": True,
        "response": about["response_count"] > 0,
        "answer": about["status"] == "answered",
    }
    return [(feature["id"], name) for name, is_shown in shown.items() if is_shown]


class Life:
    """People who act. A prayer goes from one act to the next, each when the one before was answered."""

    def __init__(self, persons: list[Person], seed: int) -> None:
        self.persons, self.draw = persons, random.Random(seed)
        self.waiting: dict[str, deque[tuple[str, Person]]] = {act: deque() for act in ACTS}
        self.begun: dict[Seen, float] = {}
        self.answered: dict[Seen, float] = {}

    async def act(self, name: str) -> None:
        """The next act of this kind, or a prayer where none is ready for it."""
        begun = time.perf_counter()
        if name == "prayer" or not self.waiting[name]:
            name, author = "prayer", self.draw.choice(self.persons)
            id_ = str((await author.rest.call("POST", "/prayers/", self._prayer()))["id"])
        else:
            id_, author = self.waiting[name].popleft()
            await self._do(name, id_, author)
        self.begun[id_, name], self.answered[id_, name] = begun, time.perf_counter()
        if name != ACTS[-1]:
            self.waiting[ACTS[ACTS.index(name) + 1]].append((id_, author))

    async def _do(self, name: str, id_: str, author: Person) -> None:
        other = self.draw.choice([one for one in self.persons if one is not author])
        if name == "response":
            await other.rest.call("POST", f"/prayers/{id_}/responses/", {"content": "With you."})
        elif name == "line":
            body = {"content": "Peace to you."} | self._place()
            await other.rest.call("POST", f"/prayers/{id_}/conversation/", body)
        else:
            await author.rest.call("PATCH", f"/prayers/{id_}/", {"status": "answered"})

    def _prayer(self) -> dict[str, Any]:
        is_anonymous = self.draw.random() < 0.5
        return {"title": "A prayer", "body": "Words.", "is_anonymous": is_anonymous} | self._place()

    def _place(self) -> dict[str, float]:
        return {"latitude": self.draw.uniform(-60, 70), "longitude": self.draw.uniform(-180, 180)}


async def run(url: str, stack: Stack, *, sockets: int, rate: float, seconds: float) -> dict[str, Any]:
    async with shared_http(url) as http:
        persons = await people(http, 2 * sockets, stack)
        witnesses, life = [Witness() for _ in range(sockets)], Life(persons[sockets:], seed=1)
        for witness, person in zip(witnesses, persons, strict=False):
            await witness.open(url, person)
        begun, acts = time.perf_counter(), []
        for number in range(int(rate * seconds)):
            await asyncio.sleep(max(0.0, begun + number / rate - time.perf_counter()))
            acts.append(asyncio.create_task(life.act(ACTS[number % len(ACTS)])))
        await asyncio.gather(*acts)
        took = time.perf_counter() - begun
        await asyncio.sleep(GRACE_S)
        for witness in witnesses:
            witness.socket.close()
    return {"took_s": round(took, 1), **figures(life, witnesses)}


def figures(life: Life, witnesses: list[Witness]) -> dict[str, Any]:
    def late(moments: dict[Seen, float], name: str = "") -> dict[str, Any]:
        return latency(
            [
                (witness.seen[act] - moment) * 1_000
                for act, moment in moments.items()
                for witness in witnesses
                if act in witness.seen and name in ("", act[1])
            ]
        )

    requests = [(life.answered[act] - begun) * 1_000 for act, begun in life.begun.items()]
    return {
        "acts": len(life.begun),
        "missed": sum(act not in witness.seen for act in life.begun for witness in witnesses),
        "reloads": sum(witness.reloads for witness in witnesses),
        "frames_of_a_socket": round(sum(witness.frames for witness in witnesses) / len(witnesses), 1),
        "kb_of_a_socket": round(sum(one.characters for one in witnesses) / len(witnesses) / 1_000, 1),
        "request": latency(requests),
        "from the act": late(life.begun),
        **{f"from the act: {name}": late(life.begun, name) for name in ACTS},
        "from its answer": late(life.answered),
    }


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.map_witness", description=__doc__)
    parser.add_argument("--server", choices=("daphne", "uvicorn"), default="daphne")
    parser.add_argument("--sockets", type=int, default=50)
    parser.add_argument("--rate", type=float, default=20.0, help="acts a second")
    parser.add_argument("--seconds", type=float, default=60.0)
    arguments = parser.parse_args()
    with Stack(server=arguments.server) as stack:
        work = run(
            stack.url, stack, sockets=arguments.sockets, rate=arguments.rate, seconds=arguments.seconds
        )
        found = asyncio.run(work)
    for name, value in found.items():
        print(f"{name:26} {value}")
    return int(found["missed"] > 0 or (found["from the act"]["p99_ms"] or PROMISED_MS) >= PROMISED_MS)


if __name__ == "__main__":
    sys.exit(main())
