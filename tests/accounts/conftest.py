from collections.abc import Callable, Iterator

import msgspec
import pytest
from django.test import Client

from prayermap.lib import news

TYPES = {
    "session.ended": news.SessionEnded,
    "user.suspended": news.UserSuspended,
    "blocks.changed": news.BlocksChanged,
}


@pytest.fixture
def api(client: Client) -> Callable:
    """`api("POST", "me/blocks/", {…}, headers=…)`: one call of the API, a body as JSON."""

    def call(method: str, path: str, body: object = None, *, raw: bytes | None = None, headers=None):
        data = raw if raw is not None else (b"" if body is None else msgspec.json.encode(body))
        return client.generic(
            method, f"/api/v1/{path}", data, content_type="application/json", headers=headers or {}
        )

    return call


@pytest.fixture
def told() -> Iterator[list]:
    """The news of this process, decoded, as (topic, payload)."""
    items: list = []
    news.set_carrier(
        lambda new: items.extend(
            (topic, msgspec.msgpack.decode(raw, type=TYPES[topic])) for topic, raw in new
        )
    )
    yield items
    news.set_carrier(None)
