"""People who use the API, and the conversations they are in."""

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any
from uuid import UUID

import msgspec
from django.test import Client

from accounts.models import User
from prayermap.lib.ids import uuid7
from tests.factories import bearer, make_user


@dataclass
class Answer:
    """What the server said."""

    status: int
    body: Any
    headers: Any

    @property
    def code(self) -> str | None:
        """The error code, None for a success."""
        return self.body.get("code") if isinstance(self.body, dict) and self.status >= 400 else None

    @property
    def refusal(self) -> tuple[int, str | None]:
        return self.status, self.code

    @property
    def fields(self) -> list[str]:
        """The names of the fields that were wrong."""
        return sorted(self.body.get("errors", {}))


@dataclass
class Actor:
    """A person with a signed-in device."""

    user: User
    client: Client = field(default_factory=Client)

    @property
    def id(self) -> str:
        return str(self.user.pk)

    @property
    def name(self) -> str:
        return self.user.display_name

    @cached_property
    def headers(self) -> dict[str, str]:
        return bearer(self.user)

    def call(
        self, method: str, path: str, body: Any = None, *, raw: bytes | None = None, **more: Any
    ) -> Answer:
        """One request below /api/v1/ (or an absolute url, such as `next`), the body as JSON."""
        path = path.partition("/api/v1/")[2] or path
        data = raw if raw is not None else (b"" if body is None else msgspec.json.encode(body))
        headers = self.headers | more.pop("headers", {})
        response = self.client.generic(
            method,
            f"/api/v1/{path}",
            data,
            more.pop("content_type", "application/json"),
            headers=headers,
            **more,
        )
        is_json = response.content and "json" in response.headers["Content-Type"]
        content = msgspec.json.decode(response.content) if is_json else None
        return Answer(response.status_code, content, response.headers)

    def get(self, path: str) -> Answer:
        return self.call("GET", path)

    def post(self, path: str, body: Any = None) -> Answer:
        return self.call("POST", path, body)

    def patch(self, path: str, body: Any = None) -> Answer:
        return self.call("PATCH", path, body)

    def delete(self, path: str) -> Answer:
        return self.call("DELETE", path)

    def ok(self, method: str, path: str, body: Any = None) -> Any:
        """The same for what must succeed."""
        answer = self.call(method, path, body)
        assert answer.status < 300, (method, path, answer.status, answer.body)
        return answer.body

    def direct(self, other: "Actor", *, accepted: bool = True) -> str:
        """The id of the direct conversation with `other`."""
        made = self.ok("POST", "conversations/", {"kind": "direct_message", "members": [other.id]})
        if accepted:
            other.ok("POST", f"conversations/{made['id']}/accept/")
        return made["id"]

    def group(self, *others: "Actor", accepted: bool = True, **more: Any) -> str:
        """The id of a new group of which one is the owner."""
        body = {"kind": "group_prayer", "title": "Evening", "members": [o.id for o in others]} | more
        made = self.ok("POST", "conversations/", body)
        if accepted:
            for other in others:
                other.ok("POST", f"conversations/{made['id']}/accept/")
        return made["id"]

    def say(self, conversation: str, content: str = "hello", **more: Any) -> Any:
        """Send a text; the message."""
        return self.ok(
            "POST", f"conversations/{conversation}/messages/", {"type": "text", "content": content} | more
        )

    def try_say(self, conversation: str, content: str = "hello", **more: Any) -> Answer:
        return self.post(
            f"conversations/{conversation}/messages/", {"type": "text", "content": content} | more
        )

    def see(self, conversation: str) -> Any:
        """The conversation as one sees it."""
        return self.ok("GET", f"conversations/{conversation}/")

    def member_id(self, conversation: str) -> str:
        """One's own member id there."""
        return self.see(conversation)["my_member"]["id"]

    def blocks(self, other: "Actor") -> None:
        self.ok("POST", "me/blocks/", {"user": other.id})


def actor(name: str = "", **columns: Any) -> Actor:
    """A new person."""
    return Actor(make_user(name, **columns))


def new_id() -> str:
    """A client_id made now."""
    return str(uuid7())


def uuid(text: str) -> UUID:
    return UUID(text)
