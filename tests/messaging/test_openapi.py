"""Answers are what `/api/v1/schema/` says, also where a message isn't shown."""

import pytest
from django.test import Client
from jsonschema import Draft202012Validator
from referencing import Registry
from referencing.jsonschema import DRAFT202012

from tests.messaging.actors import actor

pytestmark = pytest.mark.django_db
MESSAGES = "/api/v1/conversations/{conversation_id}/messages/"


@pytest.fixture(scope="module")
def faults():
    """The faults of an answer's body by the schema of its address."""
    document = Client().get("/api/v1/schema/", headers={"Accept": "application/json"}).json()
    registry = Registry().with_resource("urn:openapi", DRAFT202012.create_resource(document))

    def look(method, address, answer):
        name = address.replace("/", "~1")
        place = f"/paths/{name}/{method}/responses/{answer.status}/content/application~1json/schema"
        validator = Draft202012Validator({"$ref": f"urn:openapi#{place}"}, registry=registry)
        return [fault.message for fault in validator.iter_errors(answer.body)]

    return look


def test_a_message_that_is_shown_or_not_is_as_described(faults):
    ruth = actor("Ruth")
    room = ruth.group(actor("Amos"))
    messages = f"conversations/{room}/messages/"
    sent = ruth.post(messages, {"type": "text", "content": "hello"})
    shown = ruth.get(f"{messages}1/")
    removed = ruth.delete(f"{messages}1/?scope=me")
    assert removed.body == {"seq": 1, "state": "removed"}
    ruth.say(room)
    found = [
        faults("post", MESSAGES, sent),
        faults("get", MESSAGES + "{seq}/", shown),
        faults("delete", MESSAGES + "{seq}/", removed),
        faults("get", MESSAGES + "{seq}/", ruth.get(f"{messages}1/")),
        faults("get", MESSAGES + "{seq}/thread/", ruth.get(f"{messages}1/thread/")),
        faults("get", MESSAGES, ruth.get(messages)),
        faults(
            "get",
            "/api/v1/conversations/{conversation_id}/changes/",
            ruth.get(f"conversations/{room}/changes/"),
        ),
    ]
    assert found == [[]] * 7


def test_what_is_no_message_is_not_described_as_one(faults):
    ruth = actor("Ruth")
    answer = ruth.get(f"conversations/{ruth.group()}/messages/")
    answer.body["results"] = [{"state": "removed"}, {"seq": "1", "state": "removed"}]
    assert len(faults("get", MESSAGES, answer)) == 2
