"""Signed-in people, and what they do over REST."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count
from typing import Any

import httpx
from django.utils.timezone import now

from accounts import tokens
from accounts.services.sessions import begin_session
from bench.ids import client_id
from tests.factories import make_user

_numbers: Iterator[int] = count(1)


@dataclass
class Person:
    """Somebody with one signed-in session."""

    id: str
    name: str
    access: str
    refresh: str
    session: str
    user: Any = field(repr=False)

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"}


def make_person(name: str, *, share_presence: bool = False) -> Person:
    """Nobody hears when they come and go, unless asked for: tests of other frames count all that comes."""
    email = f"{name.lower()}{next(_numbers)}@realtime.example.com"
    return sign_in(make_user(name, email=email, share_presence=share_presence))


def sign_in(user: Any) -> Person:
    """One more session of this person."""
    pair = begin_session(user=user, device_id="", now=now())
    proof = tokens.read_access_token(pair.access)
    assert proof is not None
    return Person(str(user.pk), user.display_name, pair.access, pair.refresh, str(proof.session_id), user)


class Circle:
    """REST of one server; a body that is refused fails the test unless `status` says so."""

    def __init__(self, http: httpx.AsyncClient) -> None:
        self.http = http

    async def call(self, person: Person, method: str, path: str, body: Any = None, *, status: int = 0) -> Any:
        answer = await self.http.request(method, f"/api/v1/{path}", json=body, headers=person.headers)
        assert answer.status_code == status if status else answer.is_success, answer.text
        return answer.json() if answer.content else None

    async def ticket(self, person: Person) -> str:
        return str((await self.call(person, "POST", "ws/ticket/", {}))["ticket"])

    async def pair(self, a: Person, b: Person) -> str:
        """Their direct conversation, accepted."""
        made = await self.call(a, "POST", "conversations/", {"kind": "direct_message", "members": [b.id]})
        await self.call(b, "POST", f"conversations/{made['id']}/accept/", {})
        return str(made["id"])

    async def group(self, owner: Person, *others: Person, **options: Any) -> str:
        """A group in which everybody is active."""
        body = {"kind": "group_prayer", "title": "Evening", "members": [one.id for one in others], **options}
        made = await self.call(owner, "POST", "conversations/", body)
        for one in others:
            await self.call(one, "POST", f"conversations/{made['id']}/accept/", {})
        return str(made["id"])

    async def say(self, person: Person, conversation: str, content: str, **options: Any) -> dict[str, Any]:
        body = {"type": "text", "content": content, "client_id": client_id(), **options}
        return await self.call(person, "POST", f"conversations/{conversation}/messages/", body)

    async def one(self, person: Person, conversation: str) -> dict[str, Any]:
        return await self.call(person, "GET", f"conversations/{conversation}/")

    async def member(self, person: Person, conversation: str) -> str:
        """The person's own member id."""
        return str((await self.one(person, conversation))["my_member"]["id"])


def text(conversation: str, content: str, **options: Any) -> dict[str, Any]:
    """The data of a `message.send`."""
    body = {"conversation": conversation, "type": "text", "content": content, "client_id": client_id()}
    return {**body, **options}
