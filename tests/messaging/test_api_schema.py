"""The published OpenAPI, played by a machine: whatever it allows or forbids, no answer is a fault of ours."""

import contextlib
import os
from urllib.parse import urlencode

import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

from tests.messaging.actors import actor

pytestmark = pytest.mark.django_db
EXAMPLES = int(os.environ.get("SCHEMA_EXAMPLES", "4"))
#: Signing out would end the run.
SKIPPED = {"/api/v1/auth/logout/"}


@pytest.fixture(scope="module")
def document():
    from drf_spectacular.generators import SchemaGenerator

    return msgspec.json.decode(msgspec.json.encode(SchemaGenerator().get_schema(request=None, public=True)))


def test_the_document_is_openapi_3_1_and_complete(document):
    assert document["openapi"] == "3.1.0"
    paths = document["paths"]
    assert "/api/v1/conversations/{conversation_id}/messages/" in paths
    for path, methods in paths.items():
        for method, operation in methods.items():
            assert operation["summary"], (path, method)
            assert {"401", "429"} & set(operation["responses"]), (path, method)


@pytest.mark.parametrize("mode", [GenerationMode.POSITIVE, GenerationMode.NEGATIVE])
def test_no_generated_request_is_answered_with_5xx(document, ruth, mode, settings_without_limits):
    amos = actor("Amos")
    room = ruth.group(amos)
    ruth.say(room)
    real = {"conversation_id": room, "member_id": amos.member_id(room), "seq": 1}
    schema = schemathesis.openapi.from_dict(document)
    failed = []
    for operation in (found.ok() for found in schema.get_all_operations()):
        if operation.path in SKIPPED:
            continue

        @settings(max_examples=EXAMPLES, deadline=None, database=None, derandomize=True,
                  suppress_health_check=list(HealthCheck))  # fmt: skip
        @given(operation.as_strategy(generation_mode=mode), st.booleans())
        def play(case, is_real):
            if is_real:
                case.path_parameters = {
                    name: real.get(name, value) for name, value in (case.path_parameters or {}).items()
                }
            answer = send(ruth, case)
            if answer.status >= 500:
                failed.append((case.method, case.formatted_path, case.query, case.body))

        with contextlib.suppress(Unsatisfiable):  # nothing of this kind can be made for it
            play()
    assert failed == []


def send(person, case):
    body = b"" if isinstance(case.body, schemathesis.core.NotSet) else msgspec.json.encode(case.body)
    query = urlencode(case.query or {}, doseq=True, errors="replace")
    path = case.formatted_path.removeprefix("/api/v1/")
    return person.call(case.method.upper(), f"{path}?{query}" if query else path, raw=body)


@pytest.fixture
def settings_without_limits(settings):
    settings.MESSAGES_BURST = 1_000_000
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/minute")
