"""Every address below /api/v1/ by method and role, walked from the URL resolver: who is answered what."""

import re
from collections.abc import Iterator

import msgspec
import pytest
from django.db import transaction
from django.urls import URLPattern, URLResolver, get_resolver

from messaging.models import Conversation
from prayermap.lib.acting import acting_as
from tests.isolation import expectations
from tests.isolation.expectations import Expected
from tests.isolation.roles import ROLES, World, path_of, raw_body

pytestmark = pytest.mark.django_db

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
TABLE = expectations.rest()
#: Parameters in addresses, as the table calls them.
NAMES = {
    "conversation_id": "conversation", "member_id": "member", "target": "person", "export_id": "export", "prayer_id": "prayer",
    "item_id": "item", "notification_id": "notification", "device_id": "device", "attachment_id": "attachment",
    "sanction_id": "sanction",
}  # fmt: skip
ROOT = "api/v1/"


def addresses() -> list[str]:
    """`conversations/{conversation}/` and so on."""
    found = (
        path.removeprefix(ROOT) for path in _walk(get_resolver().url_patterns, "") if path.startswith(ROOT)
    )
    return sorted(found)


def _walk(patterns: list[URLPattern | URLResolver], before: str) -> Iterator[str]:
    for pattern in patterns:
        path = before + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda m: f"{{{NAMES.get(m[1], m[1])}}}", str(pattern.pattern)
        )
        if isinstance(pattern, URLResolver):
            yield from _walk(pattern.url_patterns, path)
        else:
            yield path


def test_every_address_and_method_has_its_expectations():
    assert sorted(TABLE) == sorted((address, method) for address in addresses() for method in METHODS)


@pytest.mark.parametrize("address", addresses())
def test_everybody_is_answered_as_they_should_be(address, world):
    wrong = []
    for method in METHODS:
        for role in ROLES:
            with transaction.atomic():
                wrong += [
                    f"{role}: {method} {address}: {fault}" for fault in faults(world, role, method, address)
                ]
                transaction.set_rollback(True)
    assert wrong == []


def faults(world: World, role: str, method: str, address: str) -> Iterator[str]:
    """What is wrong with the answer; nothing may have changed where it is a refusal."""
    expected = TABLE.get((address, method), {}).get(role, Expected(0, "nothing is expected"))
    before = state_of(world)
    person = world.people[role]
    answer = person.client.generic(
        method, f"/{ROOT}{path_of(world, role, address)}", *raw_body(world, role, method, address),
        headers=person.headers,
    )  # fmt: skip
    if answer.status_code < 400:
        if (answer.status_code, None) != expected:
            yield f"{answer.status_code}, not {expected}"
        return
    text = answer.content.decode()
    if answer.headers["Content-Type"] != "application/problem+json":
        yield f"{answer.status_code} is no problem+json: {text[:100]}"
        return
    problem = msgspec.json.decode(answer.content)
    if (answer.status_code, problem["code"]) != expected or problem["status"] != answer.status_code:
        yield f"{answer.status_code} {problem}, not {expected}"
    if not {"type", "title", "status", "detail", "code"} <= problem.keys():
        yield f"incomplete: {problem}"
    if (answer.status_code == 401) != (answer.headers.get("WWW-Authenticate") == "Bearer"):
        yield f"WWW-Authenticate: {answer.headers.get('WWW-Authenticate')}"
    if answer.headers.get("Cache-Control") != "private, no-store":
        yield f"Cache-Control: {answer.headers.get('Cache-Control')}"
    yield from (f"says {secret}" for secret in world.secrets if secret.casefold() in text.casefold())
    if state_of(world) != before:
        yield "has changed something"


def state_of(world: World) -> list[tuple[object, ...]]:
    """Numbers of both conversations that any change moves, as the owner of both sees them."""
    with acting_as(world.people["owner"].user):
        columns = (
            "rev",
            "latest_seq",
            "settings_rev",
            "active_count",
            "member_count",
            "latest_message_id",
            "title",
        )
        return list(Conversation.objects.order_by("id").values_list(*columns))
