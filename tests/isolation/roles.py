"""One private group and one direct conversation, and somebody of every kind around them."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any

import msgspec
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test.client import BOUNDARY, MULTIPART_CONTENT, encode_multipart
from django.utils.timezone import now

from accounts.services.sessions import begin_session
from accounts.services.suspension import suspend
from moderation.enums import DecisionKind
from moderation.models import Case
from moderation.services.deciding import Draft, decide
from moderation.services.working import claim_case
from prayermap.lib.acting import acting_as_staff
from tests.factories import PASSWORD, make_user
from tests.messaging.actors import Actor, new_id
from tests.messaging.attaching import PNG, send_file, upload
from tests.moderation.entering import make_person as make_staff
from tests.notifications.browser import Browser

#: Columns of the tables in expectations.py, in their order.
ROLES = (
    "visitor", "signed-out", "suspended", "stranger", "removed", "left", "invited", "requested", "blocked",
    "anonymous", "member", "admin", "owner",
)  # fmt: skip
#: Nobody for the server: no token, or one that is worth nothing any more.
NOT_SIGNED_IN = ROLES[:3]
PRAYER = {"title": "Before an operation", "body": "I am afraid.", "latitude": 31.7, "longitude": 35.2}
#: The tokens of somebody who never signed in.
NO_TOKEN = "nothing"


@dataclass
class Device(Actor):
    """A person's device, whose tokens stay what they were when the session ends."""

    access: str = ""
    refresh: str = NO_TOKEN

    @property
    def headers(self) -> dict[str, str]:
        return {"Authorization": f"Bearer {self.access}"} if self.access else {}


@dataclass
class World:
    """`group`: where ROLES stand as they are called. `direct`: of the blocked one and the owner, who blocks them."""

    people: dict[str, Device]
    newcomer: Device
    target: Device
    #: In the owner's outbox.
    queued: str = ""
    group: str = ""
    export: str = ""
    direct: str = ""
    #: A prayer of the owner's, and an anonymous one of the anonymous member's with an anonymous response of the member's.
    prayer: str = ""
    sealed_prayer: str = ""
    #: Of the member.
    notification: str = ""
    device: str = ""
    sanction: str = ""
    members: dict[str, str] = field(default_factory=dict)
    attachments: dict[str, str] = field(default_factory=dict)
    texts: tuple[str, ...] = ("Zephyrine alone", "Quillon together", "Ombrage between", "Lanternfish later")

    def conversation(self, role: str) -> str:
        """The one that the table is about, for this role."""
        return self.direct if role == "blocked" else self.group

    def other_member(self, role: str) -> str:
        """Somebody there who isn't oneself: who may be given a role, or removed."""
        return self.members["direct owner" if role == "blocked" else "target"]

    @property
    def secrets(self) -> list[str]:
        """What no refusal may say: ids, names, addresses and texts."""
        everybody = [*self.people.values(), self.newcomer, self.target]
        people = [value for one in everybody for value in (one.id, one.name, one.user.email)]
        files = self.attachments.values()
        return [self.group, self.direct, "Vesperine", *self.members.values(), *files, *self.texts, *people]


def make_device(name: str) -> Device:
    user = make_user(f"{name.title()} Wintergreen")
    pair = begin_session(user=user, device_id="", now=now())
    return Device(user, access=pair.access, refresh=pair.refresh)


def make_world() -> World:
    """Everything over REST, as clients do it, but for the suspension."""
    world = World({role: make_device(role) for role in ROLES}, make_device("newcomer"), make_device("target"))
    fill_prayers(world)
    fill_group(world)
    fill_direct(world)
    fill_outboxes(world)
    fill_requests(world)
    people = world.people
    fill_sanction(world)
    world.notification = people["member"].ok("GET", "notifications/?unread=true")["results"][0]["id"]
    world.device = people["member"].ok("POST", "devices/", subscription_of("member's own"))["id"]
    people["visitor"].access, people["visitor"].refresh = "", NO_TOKEN
    people["signed-out"].ok("POST", "auth/logout/", {"refresh": people["signed-out"].refresh})
    suspend(user=people["suspended"].user, until=now() + timedelta(days=1), code="test", now=now())
    return world


def fill_group(world: World) -> None:
    """Made by somebody anonymous, who then hands it over: only who makes a group is anonymous in it."""
    p = world.people
    inside = [p[role] for role in ("owner", "admin", "member", "signed-out", "suspended", "removed", "left")]
    options = {"title": "Vesperine", "is_anonymous": True, "is_private": False, "requires_approval": True}
    options["prayer"] = world.prayer
    world.group = group = p["anonymous"].group(*inside, world.target, **options)
    path = f"conversations/{group}"
    for role in ("owner", "admin", "member", "anonymous", "removed", "left"):
        world.members[role] = p[role].member_id(group)
    world.members["target"] = world.target.member_id(group)
    p["anonymous"].ok("PATCH", f"{path}/members/{world.members['owner']}/", {"role": "owner"})
    p["owner"].ok("PATCH", f"{path}/members/{world.members['anonymous']}/", {"role": "member"})
    p["owner"].ok("PATCH", f"{path}/members/{world.members['admin']}/", {"role": "admin"})
    p["requested"].ok("POST", f"{path}/join/")
    p["owner"].ok("PATCH", f"{path}/", {"is_private": True})
    p["anonymous"].say(group, world.texts[0])
    picture = upload(p["member"])["id"]
    sent = send_file(p["member"], group, picture, content=world.texts[1], client_id=new_id())
    world.attachments["group"] = sent["attachment"]["id"]
    p["owner"].ok("DELETE", f"{path}/members/{world.members['removed']}/")
    p["left"].ok("DELETE", f"{path}/members/{world.members['left']}/")
    p["owner"].ok("POST", f"{path}/members/", {"user": p["invited"].id})


def fill_direct(world: World) -> None:
    owner, blocked = world.people["owner"], world.people["blocked"]
    world.direct = owner.direct(blocked)
    world.members["direct owner"] = owner.member_id(world.direct)
    world.members["blocked"] = blocked.member_id(world.direct)
    sent = send_file(owner, world.direct, upload(owner)["id"], content=world.texts[2])
    world.attachments["direct"] = sent["attachment"]["id"]
    owner.blocks(blocked)


def fill_prayers(world: World) -> None:
    owner, anonymous, member = (world.people[role] for role in ("owner", "anonymous", "member"))
    world.prayer = owner.ok("POST", "prayers/", PRAYER)["id"]
    world.sealed_prayer = anonymous.ok("POST", "prayers/", PRAYER | {"is_anonymous": True})["id"]
    said = {"content": "With you", "is_anonymous": True}
    member.ok("POST", f"prayers/{world.sealed_prayer}/responses/", said)


def fill_requests(world: World) -> None:
    world.people["owner"].ok("POST", "me/erasure/", {})
    world.export = world.people["owner"].ok("POST", "me/export/", {})["id"]


def fill_outboxes(world: World) -> None:
    for role in ("member", "owner"):
        body = queue_body(world.group, "Lanternfish later")
        world.queued = world.people[role].ok("POST", "queue/", body)["items"][0]["id"]


def queue_body(conversation: str, content: str) -> Any:
    item = {"conversation": conversation, "client_id": new_id(), "type": "text", "content": content}
    tomorrow = (now() + timedelta(days=1)).isoformat()
    return {"device_id": "phone", "items": [item | {"scheduled_at": tomorrow}]}


#: What addresses can't do without.
QUERIES = {"messages/search/": "?q=together&conversation={conversation}"}


def subscription_of(whose: str) -> dict[str, Any]:
    return Browser(f"https://push.example.org/{whose.replace(' ', '-').replace(chr(39), '')}").subscription


def fill_sanction(world: World) -> None:
    """A moderator has warned the member for what they said in the group. Not as the owner: nothing is committed here."""
    owner, member, miriam = world.people["owner"], world.people["member"], make_staff("moderator", "Miriam")
    owner.ok("POST", f"conversations/{world.group}/messages/2/flag/", {"reason": "other"})
    with acting_as_staff(miriam):
        case = Case.objects.get()
        claim_case(case_id=case.pk, version=case.version)
        draft = Draft(DecisionKind.WARN, "other", "Kindly.")
        decide(case_id=case.pk, version=case.version + 1, draft=draft, now=now())
    world.sanction = member.ok("GET", "me/sanctions/")["results"][0]["id"]


def path_of(world: World, role: str, template: str) -> str:
    return (template + QUERIES.get(template, "")).format(
        conversation=world.conversation(role),
        member=world.other_member(role),
        seq=1,
        emoji="%F0%9F%99%8F",
        person=world.people["blocked"].id,
        prayer=world.prayer,
        item=world.queued,
        notification=world.notification,
        device=world.device,
        attachment=world.attachments["direct" if role == "blocked" else "group"],
        sanction=world.sanction,
        export=world.export,
    )


def body_of(world: World, role: str, method: str, template: str) -> Any:
    """A body that would be accepted from somebody who may; None for a request without one."""
    person = world.people[role]
    email = "nobody@example.com" if role == "visitor" else person.user.email
    bodies: dict[str, Any] = {
        "POST conversations/": {"kind": "group_prayer", "title": "Another"},
        "PATCH conversations/{conversation}/": {"title": "New"},
        "PATCH conversations/{conversation}/me/": {"pinned": True},
        "POST conversations/{conversation}/members/": {"user": world.newcomer.id},
        "PATCH conversations/{conversation}/members/{member}/": {"role": "admin"},
        "POST conversations/{conversation}/messages/": {
            "type": "text",
            "content": "Peace",
            "client_id": new_id(),
        },
        "PATCH conversations/{conversation}/messages/{seq}/": {"content": "Mended"},
        "POST conversations/{conversation}/messages/{seq}/forward/": {"to": [world.conversation(role)]},
        "POST conversations/{conversation}/receipts/": {"read": 1},
        "POST conversations/{conversation}/typing/": {"is_typing": True},
        "POST queue/": queue_body(world.conversation(role), "Peace later"),
        "POST conversations/{conversation}/flag/": {"reason": "spam"},
        "POST conversations/{conversation}/members/{member}/flag/": {"reason": "spam"},
        "POST conversations/{conversation}/messages/{seq}/flag/": {"reason": "spam"},
        "PATCH notifications/preferences/": {"kinds": {"mention": {"push": False}}},
        "POST devices/": subscription_of(role),
        "DELETE devices/": {"endpoint": subscription_of("member's own")["endpoint"]},
        "POST notifications/read-all/": {"conversation": world.conversation(role)},
        "POST me/sanctions/{sanction}/appeal/": {"text": "It was a psalm."},
        "POST sync/": {"positions": {world.conversation(role): 0}},
        "POST prayers/": PRAYER,
        "PATCH prayers/{prayer}/": {"title": "New"},
        "POST prayers/{prayer}/flag/": {"reason": "spam"},
        "POST prayers/{prayer}/responses/": {"kind": "prayed"},
        "POST prayers/{prayer}/conversation/": {"content": "Peace"},
        "POST conversations/{conversation}/prayer-update/": {"content": "Better", "is_answered": False},
        "PATCH me/": {"timezone": "Africa/Nairobi"},
        "POST me/blocks/": {"user": world.newcomer.id},
        "POST auth/register/": {
            "email": f"new-{role}@example.com",
            "password": PASSWORD,
            "display_name": "New",
        },
        "POST auth/token/": {"email": email, "password": PASSWORD},
        "POST auth/token/refresh/": {"refresh": person.refresh},
        "POST auth/logout/": {"refresh": person.refresh},
    }
    return bodies.get(f"{method} {template}", {} if method in ("POST", "PUT", "PATCH") else None)


def raw_body(world: World, role: str, method: str, template: str) -> tuple[bytes, str]:
    """The same as bytes, and their type."""
    if (method, template) == ("POST", "attachments/"):
        return encode_multipart(BOUNDARY, {"file": SimpleUploadedFile("x", PNG)}), MULTIPART_CONTENT
    body = body_of(world, role, method, template)
    return b"" if body is None else msgspec.json.encode(body), "application/json"
