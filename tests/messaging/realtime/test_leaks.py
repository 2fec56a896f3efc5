"""Sarah is anonymous wherever she goes. Grace is in each of her conversations, asks everything there is, and keeps all.

Answers and errors of every address and method, frames, pushes, mails, a copy of Grace's data, and the servers' logs are
searched for Sarah's ids, name, address, session and the ids that her device made up.
"""

import asyncio
import io
import itertools
import json
from dataclasses import dataclass
from zipfile import ZipFile

import pytest
from django.core import mail
from django.db import connections

from bench.ids import client_id
from moderation.privacy.exporting import write_export
from tests.isolation.test_endpoints import METHODS, addresses
from tests.isolation.traces import objects_with, traces_in, traces_of, uuids_in
from tests.messaging.actors import Actor
from tests.messaging.realtime.people import Person, make_person
from tests.notifications.delivering import deliver, later, options, subscribe
from tests.notifications.push_service import PushService
from tests.uploads import pictures

pytestmark = [
    pytest.mark.parametrize("lowered", [{"LOG_LEVEL": "DEBUG"}], indirect=True),
    pytest.mark.timeout(300),
]

PLACE = {"latitude": 51.51, "longitude": -0.12}
#: Mail is sent of what has been unread for so long.
UNREAD_S = 1_000
MAILED = ("message_received", "mention", "prayer_response", "conversation_invite")
VIEW = ("", "members/", "messages/", "changes/?after_rev=0")
#: What Naomi, who stands in the group under her name, writes without it.
SEALED = "sealed words of somebody"


class Sarah:
    """What she does, and the ids that her device makes up."""

    def __init__(self, circle, device, person: Person) -> None:
        self.circle, self.device, self.person = circle, device, person
        self.made_up: list[str] = []

    def own(self) -> str:
        self.made_up.append(client_id())
        return self.made_up[-1]

    async def call(self, method, path, body=None):
        return await self.circle.call(self.person, method, path, body)

    async def picture(self) -> str:
        answer = await self.circle.http.post(
            "/api/v1/attachments/",
            files={"file": ("xanthippe.jpg", io.BytesIO(pictures.jpeg()))},
            headers=self.person.headers,
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"])

    async def live(self, room: str, other_member: str) -> None:
        """Everything that one does in a conversation."""
        path = f"conversations/{room}/messages"
        first = await self.call("POST", f"{path}/", _said("I am afraid", self.own()))
        await self.device.ask("typing", {"conversation": room, "is_typing": True})
        second = _said("Will you pray?", self.own(), reply_to=first["seq"], mentions=[other_member])
        await self.device.ask("message.send", {"conversation": room, **second})
        await self.call("PATCH", f"{path}/{first['seq']}/", {"content": "I was afraid"})
        await self.call("PUT", f"{path}/{first['seq']}/reactions/🙏/")
        await self.call("PUT", f"{path}/{first['seq']}/star/")
        picture = _said("My window", self.own(), type="image", attachment=await self.picture())
        shown = await self.call("POST", f"{path}/", picture)
        await self.call("POST", f"conversations/{room}/receipts/", {"read": shown["seq"]})
        gone = await self.call("POST", f"{path}/", _said("Never mind", self.own()))
        await self.call("DELETE", f"{path}/{gone['seq']}/?scope=all")
        item = _said("Later", self.own()) | {"conversation": room}
        await self.call("POST", "queue/", {"device_id": self.own(), "items": [item]})
        await self.call("PATCH", f"conversations/{room}/me/", {"pinned": True})


class Grace:
    """Keeps everything that she is told: (where, what)."""

    def __init__(self, circle, person: Person) -> None:
        self.circle, self.person = circle, person
        self.told: list[tuple[str, str]] = []

    async def look(self, method: str, path: str, body=None) -> str:
        answer = await self.circle.http.request(
            method, f"/api/v1/{path}", json=body, headers=self.person.headers, follow_redirects=True
        )
        assert answer.status_code < 500, (method, path, answer.text)
        heads = "\n".join(f"{name}: {value}" for name, value in answer.headers.items())
        whole = f"{heads}\n\n{answer.text}"
        self.told.append((f"{method} {path} {answer.status_code}", whole))
        return whole

    async def walk(self, values: dict[str, list[str]]) -> None:
        """Every address with all of these in its place; what only reads comes first, what takes away last."""
        for method in ("GET", "POST", "PUT", "PATCH", "DELETE"):
            for template in sorted(set(addresses()) - SAME_FOR_ALL):
                names = [name for name in values if f"{{{name}}}" in template]
                for chosen in itertools.product(*(values[name] for name in names)):
                    path = template.format(**dict(zip(names, chosen, strict=True)))
                    for body in bodies(method, template):
                        await self.look(method, path + QUERIES.get(template, ""), body)


QUERIES = {"messages/search/": "?q=afraid", "map/": "?bbox=-180,-90,180,90", "notifications/": "?limit=100"}
#: Pages for developers, drawn with static files, which a test run doesn't collect.
SAME_FOR_ALL = {"docs/", "asyncapi/"}
#: What is accepted, beside an empty body that says which fields are wrong.
BODIES = {
    "POST conversations/{conversation}/messages/": {"type": "text", "content": "I hear you"},
    "POST conversations/{conversation}/receipts/": {"read": 2},
    "POST conversations/{conversation}/typing/": {"is_typing": True},
    "POST conversations/{conversation}/flag/": {"reason": "other"},
    "POST conversations/{conversation}/messages/{seq}/flag/": {"reason": "other"},
    "POST conversations/{conversation}/members/{member}/flag/": {"reason": "other"},
    "PATCH conversations/{conversation}/messages/{seq}/": {"content": "Not mine"},
    "PATCH conversations/{conversation}/members/{member}/": {"role": "admin"},
    "PATCH conversations/{conversation}/me/": {"archived": True},
    "POST prayers/{prayer}/responses/": {"content": "With you"},
    "POST prayers/{prayer}/conversation/": {"content": "Peace"},
    "POST prayers/{prayer}/flag/": {"reason": "other"},
    "PATCH prayers/{prayer}/": {"title": "Not mine"},
    "POST sync/": {"positions": {}},
}


def bodies(method: str, template: str) -> list[object]:
    if method in ("GET", "DELETE"):
        return [None]
    accepted = BODIES.get(f"{method} {template}")
    return [{}] if accepted is None else [{}, accepted]


def _said(content: str, id_: str, **more) -> dict[str, object]:
    return {"type": "text", "content": content, "client_id": id_, **more}


def apart(work, *arguments):
    """On a thread of its own, whose connections go back."""

    def run():
        try:
            return work(*arguments)
        finally:
            connections.close_all()

    return asyncio.to_thread(run)


def copy_of(person: Person) -> str:
    target = io.BytesIO()
    write_export(person.user.pk, target)
    with ZipFile(target) as archive:
        return "\n".join(archive.read(name).decode(errors="replace") for name in archive.namelist())


def deliveries(browser, service: PushService) -> list[tuple[str, str]]:
    deliver()
    deliver(later(UNREAD_S))
    pushes = service.to("/grace")
    return [("push", json.dumps([push.path, push.headers, browser.opened(push.body)])) for push in pushes] + [
        (
            "mail",
            "\n".join(
                [str(one.message()), one.body, *(str(other[0]) for other in getattr(one, "alternatives", []))]
            ),
        )
        for one in mail.outbox
    ]


@pytest.fixture
def service():
    running = PushService()
    yield running
    running.stop()


@dataclass
class Rooms:
    """Two prayers, Sarah's conversations with Grace, and a group in which she is not."""

    prayers: list[str]
    sealed: list[str]
    crowd: str


async def meet(circle, sarah: Sarah, grace: Person, amos: Person, naomi: Person) -> Rooms:
    """A prayer of hers that Grace answers, one of Grace's that she answers, a conversation of two, and a group."""
    sealed = {
        "title": "Before an operation",
        "body": "I am afraid.",
        "is_anonymous": True,
        "client_id": sarah.own(),
    }
    prayer = (await sarah.call("POST", "prayers/", sealed | PLACE))["id"]
    other = (await circle.call(grace, "POST", "prayers/", {"title": "Rain", "body": "Send it.", **PLACE}))[
        "id"
    ]
    unnamed = {"content": "With you", "is_anonymous": True}
    await sarah.call("POST", f"prayers/{other}/responses/", unnamed | {"client_id": sarah.own()})
    asked = {"content": "Peace to you", "client_id": client_id()}
    answered = (await circle.call(grace, "POST", f"prayers/{prayer}/conversation/", asked))["id"]
    await sarah.call("POST", f"conversations/{answered}/accept/")
    asking = await sarah.call(
        "POST", f"prayers/{other}/conversation/", unnamed | PLACE | {"client_id": sarah.own()}
    )
    made = [answered, asking["id"]]
    for kind, others in (("direct_message", [grace]), ("group_prayer", [grace, amos, naomi])):
        body = {
            "kind": kind,
            "members": [one.id for one in others],
            "is_anonymous": True,
            "client_id": sarah.own(),
        }
        title = {} if kind == "direct_message" else {"title": "Evening"}
        made.append((await sarah.call("POST", "conversations/", body | title))["id"])
        for one in others:
            await circle.call(one, "POST", f"conversations/{made[-1]}/accept/", {})
    await circle.call(grace, "POST", f"conversations/{asking['id']}/accept/", {})
    return Rooms([prayer, other], made, await circle.group(grace, amos, naomi))


async def everything(grace: Grace, rooms: Rooms) -> dict[str, list[str]]:
    """What stands in addresses that Grace knows of; an id that nobody has for the rest."""
    values: dict[str, list[str]] = {"conversation": [*rooms.sealed, rooms.crowd], "prayer": rooms.prayers}
    pages = [f"conversations/{room}/{what}/" for room in rooms.sealed for what in ("members", "messages")]
    found = [one for path in pages for one in json.loads(_body(await grace.look("GET", path)))["results"]]
    inbox = json.loads(_body(await grace.look("GET", "notifications/")))["results"]
    values["member"] = [one["id"] for one in found if "role" in one]
    values["attachment"] = [one["attachment"]["id"] for one in found if one.get("attachment")]
    values["notification"] = [one["id"] for one in inbox[:3]]
    nobody = {name: [client_id()] for name in ("person", "item", "device", "sanction", "export")}
    return values | nobody | {"seq": ["1", "2", "4"], "emoji": ["🙏"]}


async def test_sarah_is_nowhere_in_what_grace_is_told(circle, devices, server, lydia, amos, naomi, service):
    logged = server.log.stat().st_size
    person = await apart(make_person, "Xanthippe")
    grace, inside = Grace(circle, lydia), Actor(lydia.user)
    browser = await apart(subscribe, inside, service, "/grace")
    await apart(lambda: options(inside, previews=True, kinds={kind: {"email": True} for kind in MAILED}))
    ears = [await devices(lydia), await devices(lydia)]
    sarah = Sarah(circle, await devices(person), person)
    await sarah.call("PATCH", "me/", {"timezone": "Pacific/Chatham"})
    rooms = await meet(circle, sarah, lydia, amos, naomi)
    for room in rooms.sealed:
        await sarah.live(room, await circle.member(lydia, room))
    news = {"content": "It went well", "is_answered": True, "client_id": sarah.own()}
    await sarah.call("POST", f"conversations/{rooms.sealed[0]}/prayer-update/", news)
    await circle.say(naomi, rooms.crowd, SEALED, is_anonymous=True)
    known_as = await circle.member(naomi, rooms.crowd)

    views = [
        uuids_in("".join([_body(await grace.look("GET", f"conversations/{room}/{what}")) for what in VIEW]))
        for room in rooms.sealed
    ]
    known = await everything(grace, rooms)
    for device in ears[:1]:  # a device that is active keeps pushes back
        await device.quiet()
        await device.leave()
    await ears[1].ask("client.state", {"state": "inactive"})
    grace.told += await apart(deliveries, browser, service)
    await grace.walk(known)
    await ears[1].quiet()
    grace.told += [("frame", json.dumps(frame)) for device in ears for frame in device.frames]
    grace.told.append(("copy of her data", await apart(copy_of, lydia)))
    with server.log.open() as log:
        log.seek(logged)
        grace.told.append(("log", log.read()))

    kinds = {where.split()[0] for where, _ in grace.told}
    assert kinds == {*METHODS, "frame", "push", "mail", "copy", "log"}, "something was not asked"
    own = {f"id made up, {number}": made_up for number, made_up in enumerate(sarah.made_up)}
    words = {"name": person.name, "address": person.user.email.split("@")[0], "time zone": "Chatham"}
    traces = traces_of(ids={"user": person.id, "session": person.session} | own, words=words)
    await _finds_her_in_her_own(circle, person, traces)
    assert [(where, found) for where, told in grace.told if (found := traces_in(told, traces))] == []
    about = [one for _, told in grace.told for one in objects_with(_body(told), SEALED)]
    assert len(about) > 5
    assert [one for one in about if any(trace in one for trace in (naomi.id, known_as, naomi.name))] == []
    hers = {lydia.id, amos.id, naomi.id, *rooms.sealed, *rooms.prayers}
    assert [one & other - hers for one, other in itertools.combinations(views, 2) if one & other - hers] == []


async def _finds_her_in_her_own(circle, person: Person, traces: dict[str, list[bytes]]) -> None:
    """The same search, of what Sarah herself is shown."""
    mine = json.dumps(await circle.call(person, "GET", "me/"))
    assert {"user", "name", "address", "time zone"} <= set(traces_in(mine, traces))


def _body(answer: str) -> str:
    """Without the heads that `Grace.look()` keeps."""
    return answer.partition("\n\n")[2] or answer
