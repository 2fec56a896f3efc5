"""A person who has left a trace of every kind, and the people around her.

Her name, address and device, and whatever she wrote, hold CANARY; nothing of anybody else does.
"""

from dataclasses import dataclass, field
from datetime import timedelta

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.test import Client
from django.utils.timezone import now

from accounts.models import Block, User
from accounts.services.sessions import begin_session
from messaging.models import Attachment, MediaBlob, Message, Participant, Reaction, SlowModeTurn
from moderation.enums import CaseState, ErasureOrigin, Outcome
from moderation.models import Appeal, Case, CaseNote, CaseParty, Decision, ErasureRequest, Sanction
from moderation.privacy.erasing import advance
from moderation.privacy.export_work import make
from moderation.privacy.officer import request_now
from notifications.models import (
    DeliveryState,
    NotificationDecision,
    NotificationPreference,
    NotificationSettings,
    PushDelivery,
    PushDevice,
)
from prayermap.lib.ids import uuid7
from prayermap.lib.times import utc_now
from prayers.models import Prayer, PrayerResponse
from tests.factories import PASSWORD
from tests.messaging.actors import Actor, actor, new_id

CANARY = "zephyrine"
ADDRESS = f"{CANARY}@example.com"
FILE = b"\x89 a picture of " + CANARY.encode()


@dataclass
class Life:
    """`person` and where she was: by name in `group` and `direct`, unknown in `crowd`, anonymous in `circle`."""

    person: Actor
    friends: list[Actor]
    group: str = ""
    direct: str = ""
    crowd: str = ""
    circle: str = ""
    alone: str = ""
    files: list[str] = field(default_factory=list)

    @property
    def user(self) -> User:
        return self.person.user


def live() -> Life:
    person = actor(f"{CANARY.title()} Wintergreen", email=ADDRESS, timezone="Pacific/Chatham")
    life = Life(person, [actor("Amos"), actor("Lydia"), actor("Naomi")])
    speak_by_name(life)
    think_again(life)
    speak_unknown(life)
    send_files(life)
    pray(life)
    be_reported(life)
    sign_in_everywhere(life)
    leave_rows_of_libraries(life)
    ask_for_a_copy(life)
    return life


def speak_by_name(life: Life) -> None:
    person, (amos, lydia, naomi) = life.person, life.friends
    life.direct = person.direct(amos)
    person.say(life.direct, f"I am {CANARY}", client_id=new_id())
    amos.say(life.direct, "Peace to you", reply_to=1)
    life.group = amos.group(person, lydia, naomi)
    amos.say(life.group, "Welcome", mentions=[person.member_id(life.group)])
    text = {
        "type": "bible_verse",
        "content": f"{CANARY} reads",
        "payload": {"reference": "John 3:16", "translation": CANARY},
    }
    path = f"conversations/{life.group}/messages/"
    person.ok("POST", path, text | {"reply_to": 1, "mentions": [amos.member_id(life.group)]})
    place = {"latitude": 1.5, "longitude": 2.5, "label": f"house of {CANARY}"}
    person.ok("POST", path, {"type": "location", "payload": place})
    person.ok(
        "PATCH", f"conversations/{life.group}/me/", {"pinned": True, "muted_until": "2100-01-01T00:00:00Z"}
    )
    life.alone = person.group(title=f"{CANARY} alone", description=f"{CANARY} about", client_id=new_id())
    person.say(life.alone, f"{CANARY} to herself")
    amos.say(life.group, "Are you there?")
    person.ok("POST", f"conversations/{life.group}/receipts/", {"delivered": 4, "read": 4})


def think_again(life: Life) -> None:
    """An edited message, a deleted one, one out of her own sight, a reaction."""
    person = life.person
    path = f"conversations/{life.group}/messages"
    edited = person.say(life.group, f"{CANARY} first")["seq"]
    person.ok("PATCH", f"{path}/{edited}/", {"content": f"{CANARY} better"})
    deleted = person.say(life.group, f"{CANARY} never")["seq"]
    person.ok("DELETE", f"{path}/{deleted}/?scope=all")
    theirs = life.friends[0].say(life.group, "Whatever")
    person.ok("DELETE", f"{path}/{theirs['seq']}/?scope=me")
    first = Message.objects.using("owner").get(conversation=life.group, seq=1)
    Reaction.objects.using("owner").create(
        message_id=first.pk, participant_id=person.member_id(life.group), emoji="🕊️", created_at=now()
    )
    Message.objects.using("owner").filter(pk=first.pk).update(has_reactions=True)


def speak_unknown(life: Life) -> None:
    """A single anonymous message of a named member, and an anonymous member."""
    person, (amos, lydia, naomi) = life.person, life.friends
    life.crowd = lydia.group(person, amos, naomi)
    person.say(life.crowd, f"{CANARY} confesses", is_anonymous=True, client_id=new_id())
    named = person.say(life.crowd, f"{CANARY} under her name")["seq"]
    person.ok("POST", f"conversations/{life.crowd}/messages/{named}/anonymise/")
    life.circle = person.group(amos, lydia, naomi, is_anonymous=True)
    person.say(life.circle, f"{CANARY} unseen")
    amos.say(life.circle, "We hear you")
    person.ok("POST", f"conversations/{life.circle}/receipts/", {"read": 2})
    SlowModeTurn.objects.using("owner").create(participant_id=person.member_id(life.crowd), sent_at=now())


def send_files(life: Life) -> None:
    """A picture in a message by name, one in a message without, one never sent; a friend forwards none of them."""
    for conversation, is_anonymous in ((life.group, False), (life.crowd, True), (None, False)):
        name = default_storage.save(f"{CANARY}.png", ContentFile(FILE))
        small = default_storage.save(f"{CANARY}.small.png", ContentFile(FILE))
        life.files += [name, small]
        blob = MediaBlob.objects.using("owner").create(
            kind="image",
            content_type="image/png",
            digest="0" * 64,
            storage_name=name,
            thumbnail_name=small,
            size=len(FILE),
        )
        file = Attachment.objects.using("owner").create(user_id=life.user.pk, blob=blob)
        if conversation:
            life.person.ok("POST", f"conversations/{conversation}/messages/", {
                "type": "image", "attachment": str(file.pk), "content": f"{CANARY} smiles", "is_anonymous": is_anonymous,
            })  # fmt: skip


def pray(life: Life) -> None:
    """Prayers and responses, named and not, of which others answered some."""
    person, (amos, lydia, naomi) = life.person, life.friends
    place = {"latitude": 10.0, "longitude": 20.0, "place_name": f"{CANARY}'s town"}
    for is_anonymous in (False, True):
        words = {"title": f"For {CANARY}", "body": f"{CANARY} asks", "is_anonymous": is_anonymous}
        person.ok("POST", "prayers/", words | place)
        answered = person.ok("POST", "prayers/", words | place)["id"]
        amos.ok("POST", f"prayers/{answered}/responses/", {"kind": "text", "content": "With you"})
        person.ok("POST", f"prayers/{answered}/responses/", {"kind": "text", "content": f"{CANARY} thanks"})
        theirs = lydia.ok("POST", "prayers/", {"title": "Rain", "body": "Send it"})["id"]
        first = {
            "content": f"{CANARY} writes",
            "is_anonymous": is_anonymous,
            "latitude": 3.0,
            "longitude": 4.0,
        }
        person.ok("POST", f"prayers/{theirs}/conversation/", first)
        naomi.ok("POST", f"prayers/{answered}/conversation/", {"content": "Let us talk"})
        for kind, content in (("text", f"{CANARY} prays too"), ("prayed", None)):
            body = {"kind": kind, "content": content, "is_anonymous": is_anonymous}
            person.ok("POST", f"prayers/{theirs}/responses/", body)


def be_reported(life: Life) -> None:
    """She and others report each other; all cases are closed by now, with a word of a moderator."""
    person, (amos, lydia, _) = life.person, life.friends
    for reporter, place, seq in ((amos, life.group, 2), (lydia, life.crowd, 1), (person, life.group, 1)):
        body = {"reason": "other", "note": f"{CANARY} reports" if reporter is person else "see for yourself"}
        reporter.ok("POST", f"conversations/{place}/messages/{seq}/flag/", body)
    hers = (one for one in amos.ok("GET", "prayers/")["results"] if CANARY in one["title"])
    prayer = next(one for one in hers if one["is_anonymous"])
    amos.ok("POST", f"prayers/{prayer['id']}/flag/", {"reason": "other"})
    for about_her in CaseParty.objects.using("owner").filter(user=person.user):
        CaseNote.objects.using("owner").create(
            case_id=about_her.case_id, author_id=lydia.user.pk, text=f"about {CANARY}"
        )
    be_warned(
        life, CaseParty.objects.using("owner").filter(user=person.user, case__is_sealed=False).first().case
    )
    set_cases(CaseState.CLOSED, closed_at=now(), outcome=Outcome.DISMISSED)


def be_warned(life: Life, case: Case) -> None:
    """She appeals against a warning."""
    staff, said = life.friends[1].user.pk, {"reason": "other", "statement": f"{CANARY}, be kind"}
    decision = Decision.objects.using("owner").create(
        case=case, kind="warn", state="effective", proposed_by_id=staff, **said
    )
    sanction = Sanction.objects.using("owner").create(
        decision=decision, user_id=life.user.pk, kind="warn", **said
    )
    second = Case.objects.using("owner").create(
        kind="appeal", subject=sanction.pk, reason="other", priority=3, due_at=now()
    )
    Appeal.objects.using("owner").create(
        sanction=sanction, case=second, decision=decision, first_by_id=staff, text=f"{CANARY} was kind"
    )


def set_cases(state: CaseState, **columns) -> None:
    Case.objects.using("owner").update(state=state, **columns)


def sign_in_everywhere(life: Life) -> None:
    person, user = life.person, life.user
    later = {"conversation": life.group, "client_id": new_id(), "type": "text", "content": f"{CANARY} later"}
    later["scheduled_at"] = (now() + timedelta(days=30)).isoformat()
    person.ok("POST", "queue/", {"device_id": f"{CANARY}'s tablet", "items": [later]})
    begin_session(user=user, device_id=f"{CANARY}'s telephone", now=now())
    Client().post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    person.ok("POST", "ws/ticket/", {"device_id": CANARY})
    person.ok("POST", f"conversations/{life.group}/typing/", {"is_typing": True})
    Client().post("/api/v1/auth/token/", {"email": user.email, "password": "wrong"}, "application/json")
    enemy = actor("Haman")
    person.blocks(enemy)
    enemy.blocks(person)
    Block.objects.create(
        blocker=user, blocked_member=Participant.objects.using("owner").exclude(user=user).first().pk
    )


def person_settings(life: Life) -> None:
    NotificationPreference.objects.using("owner").create(
        user_id=life.user.pk, kind="mention", in_app=True, push=True, email=True
    )
    NotificationSettings.objects.using("owner").create(user_id=life.user.pk, timezone="Pacific/Chatham")
    device = PushDevice.objects.using("owner").create(
        user_id=life.user.pk, session_id=uuid7(), device_id=CANARY, endpoint=f"https://push.invalid/{CANARY}",
        p256dh=CANARY, auth=CANARY, created_at=now(),
    )  # fmt: skip
    PushDelivery.objects.using("owner").create(
        device_id=device.pk, notification_id=uuid7(), action="show", due_at=now(), created_at=now()
    )
    DeliveryState.objects.using("owner").get_or_create(user_id=life.user.pk)
    NotificationDecision.objects.using("owner").create(
        user_id=life.user.pk, notification_id=uuid7(), kind="mention", channel="push", outcome="sent", reason="x",
        opened_at=now(), at=now(),
    )  # fmt: skip


def ask_for_a_copy(life: Life) -> None:
    answer = life.person.ok("POST", "me/export/", {})
    make(answer["id"])
    life.person.ok("GET", f"me/export/{answer['id']}/")


def leave_rows_of_libraries(life: Life) -> None:
    user = life.user
    TOTP.activate(user, generate_totp_secret())
    address, _ = EmailAddress.objects.get_or_create(user=user, email=user.email, defaults={"primary": True})
    EmailConfirmation.objects.create(email_address=address, key=CANARY)
    person_settings(life)
    user.groups.add(Group.objects.get(name="moderator"))
    user.user_permissions.add(Permission.objects.first())
    LogEntry.objects.create(
        user_id=life.friends[0].user.pk, content_type=ContentType.objects.get_for_model(User), object_id=str(user.pk),
        object_repr=user.display_name, action_flag=2, change_message='[{"changed": {"fields": ["Timezone"]}}]',
    )  # fmt: skip


def erase(user: User, *, at_once: bool = True) -> ErasureRequest:
    """As an officer does; `at_once`: the anonymous traces too."""
    request = request_now(user_id=user.pk, origin=ErasureOrigin.OFFICER, now=utc_now())
    return advance(request.pk, at_once=at_once)


def words_of_others(life: Life) -> list[tuple]:
    """Every word that somebody else wrote, and all that stands beside it."""
    theirs = [friend.user for friend in life.friends]
    members = Participant.objects.using("owner").filter(user__in=theirs)
    messages = Message.objects.using("owner").filter(sender__in=members).order_by("pk")
    responses = PrayerResponse.objects.using("owner").filter(author__in=theirs).order_by("pk")
    prayers = Prayer.objects.using("owner").filter(author__in=theirs).order_by("pk")
    # Not what changes with her reaction on one of them.
    columns = [f.attname for f in Message._meta.concrete_fields if f.name not in ("rev", "has_reactions")]
    return [
        *messages.values_list(*columns),
        *responses.values_list(),
        *prayers.values_list("pk", "title", "body"),
    ]
