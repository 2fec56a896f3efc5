"""A row of every kind, with a word in every private place that must never reach a page."""

from dataclasses import dataclass
from uuid import UUID, uuid4

from allauth.account.models import EmailAddress
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import connections
from django.utils.timezone import now

from accounts.models import Block, ClientKey, Session, User
from accounts.services.sessions import begin_session
from messaging.models import (
    Conversation,
    DeliveryStatus,
    DirectPair,
    Mention,
    Message,
    MessageAuthor,
    Participant,
    PersonState,
)
from moderation.models import Case, CaseNote, CaseParty, Decision, ErasureRequest, LegalHold, Report
from prayermap.lib.ids import uuid7, uuid7_of_hour
from prayers.models import (
    MemorialConnection,
    MemorialEnd,
    Prayer,
    PrayerAuthor,
    PrayerResponse,
    PrayerResponseAuthor,
)
from tests.factories import make_user

#: Stands in texts, titles, payloads and arguments.
CANARY = "zephaniah-weeps"


@dataclass
class World:
    """Ruth and Amos are named members; Lydia is anonymous among them, and wrote."""

    ruth: User
    amos: User
    lydia: User
    conversation: Conversation
    named: Participant
    anonymous: Participant
    message: Message


def make_world() -> World:
    ruth, amos, lydia = (make_user(name) for name in ("Ruth", "Amos", "Lydia"))
    conversation = make_conversation(latest_seq=2, rev=9)
    named, anonymous, other = (
        make_member(conversation, ruth),
        make_member(conversation, lydia, is_anonymous=True),
        make_member(conversation, amos, invited_by=None),
    )
    message = make_message(conversation, 1, sender_id=named.pk)
    make_message(conversation, 2, sender_id=None, is_anonymous=True, author=anonymous)
    for member in (anonymous, other):
        DeliveryStatus.objects.using("owner").create(
            message_id=message.pk,
            participant_id=member.pk,
            delivered_at=now(),
            device_info={"platform": "web"},
        )
        Mention.objects.using("owner").create(participant_id=member.pk, seq=1, message_id=message.pk)
    DirectPair.objects.using("owner").create(
        conversation_id=conversation.pk, low=UUID(int=1), high=UUID(int=2), anonymous=UUID(int=2)
    )
    for person in (ruth, lydia):
        PersonState.objects.using("owner").create(user_id=person.pk, me_rev=3)
        ClientKey.objects.using("owner").create(
            user_id=person.pk, client_id=uuid4(), digest=CANARY, result_id=conversation.pk
        )
    make_people_rows(ruth, amos, anonymous)
    make_prayers(ruth, sealed=lydia)
    make_case(message, ruth, amos)
    ErasureRequest.objects.using("owner").create(
        user_id=lydia.pk, state="cancelled", requested_at=now(), due_at=now(), deadline_at=now(), cancelled_at=now(),
        certificate={"state": "done"},
    )  # fmt: skip
    LegalHold.objects.using("owner").create(user_id=amos.pk, reason="order 4", placed_at=now())
    return World(ruth, amos, lydia, conversation, named, anonymous, message)


def make_conversation(**columns) -> Conversation:
    return Conversation.objects.using("owner").create(
        kind="group_prayer",
        title=f"{CANARY} title",
        description=f"{CANARY} about",
        latest_activity_at=now(),
        **columns,
    )


def make_member(conversation: Conversation, user: User, **columns) -> Participant:
    return Participant.objects.using("owner").create(
        conversation_id=conversation.pk, user_id=user.pk, state="active", **columns
    )


def make_message(
    conversation: Conversation, seq: int, *, author: Participant | None = None, **columns
) -> Message:
    message = Message.objects.using("owner").create(
        id=uuid7(),
        conversation_id=conversation.pk,
        seq=seq,
        rev=seq,
        type="bible_verse",
        content=f"{CANARY} text",
        payload={"reference": CANARY},
        request_digest=CANARY,
        created_at=now(),
        **columns,
    )
    if author:
        MessageAuthor.objects.using("owner").create(
            message_id=message.pk, participant_id=author.pk, client_id=uuid4()
        )
    return message


def make_prayers(named: User, sealed: User) -> None:
    """One of each kind: by somebody named, and by somebody whom no page may name."""
    hour = now().replace(minute=0, second=0, microsecond=0)
    text = {"title": "Rain", "body": "For our fields"}
    for author, secret in ((named, None), (None, sealed)):
        times = {"created_at": now() if author else hour, "changed_at": now() if author else hour}
        columns = {"author_id": author.pk if author else None, "is_anonymous": not author}
        make_id = uuid7 if author else uuid7_of_hour
        prayer = Prayer.objects.using("owner").create(id=make_id(), **columns, **times, **text)
        response = PrayerResponse.objects.using("owner").create(
            id=make_id(),
            prayer_id=prayer.pk,
            kind="text",
            content="With you",
            created_at=times["created_at"],
            **columns,
        )
        make_line(prayer, sealed)
        if secret:
            PrayerAuthor.objects.using("owner").create(prayer_id=prayer.pk, user_id=secret.pk)
            PrayerResponseAuthor.objects.using("owner").create(response_id=response.pk, user_id=secret.pk)


def make_line(prayer: Prayer, responder: User) -> None:
    hour = now().replace(minute=0, second=0, microsecond=0)
    times = {"created_at": hour, "changed_at": hour, "expires_at": hour.replace(year=hour.year + 1)}
    drawn = MemorialConnection.objects.using("owner").create(id=uuid7_of_hour(), prayer_id=prayer.pk, **times)
    MemorialEnd.objects.using("owner").create(
        connection_id=drawn.pk, prayer_id=prayer.pk, responder_id=responder.pk
    )


def make_case(message: Message, author: User, reporter: User) -> Case:
    """Open, with sealed words, a note and a proposal that waits."""
    case = Case.objects.using("owner").create(
        kind="message", subject=message.pk, conversation_id=message.conversation_id, seq=message.seq,
        reason="harassment", priority=3, due_at=now(),
    )  # fmt: skip
    CaseParty.objects.using("owner").create(case=case, user_id=author.pk, participant_id=message.sender_id)
    Report.objects.using("owner").create(
        case=case, kind="message", subject=message.pk, reporter_id=reporter.pk, reason="harassment",
        note=f"{CANARY} note",
    )  # fmt: skip
    CaseNote.objects.using("owner").create(case=case, author_id=reporter.pk, text=f"{CANARY} among us")
    Decision.objects.using("owner").create(
        case=case, kind="ban", state="proposed", reason="harassment", proposed_by_id=reporter.pk
    )
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT seal_message(%s, %s, %s, 1)", [case.pk, message.conversation_id, message.seq])
    return case


def make_people_rows(ruth: User, amos: User, anonymous: Participant) -> None:
    """What hangs on accounts, and what libraries keep."""
    begin_session(user=ruth, device_id="phone", now=now())
    Block.objects.create(blocker=ruth, blocked=amos)
    Block.objects.create(blocker=amos, blocked_member=anonymous.pk)
    TOTP.activate(ruth, generate_totp_secret())
    EmailAddress.objects.create(user=ruth, email=ruth.email, primary=True)
    LogEntry.objects.create(
        user_id=amos.pk,
        content_type=ContentType.objects.get_for_model(User),
        object_id=str(ruth.pk),
        object_repr=str(ruth.pk),
        action_flag=2,
        change_message='[{"changed": {"fields": ["Timezone"]}}]',
    )
    make_job()


def make_job() -> None:
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "INSERT INTO procrastinate_jobs (queue_name, task_name, lock, args) VALUES ('default', 'work', %s, %s)",
            [CANARY, f'{{"text": "{CANARY}"}}'],
        )


def make_one_more(world: World) -> None:
    """Another row in every list but those of people's own making."""
    number = Conversation.objects.using("owner").count()
    conversation = make_conversation(latest_seq=1, rev=1)
    person = make_user()
    member = make_member(conversation, person)
    message = make_message(conversation, 1, sender_id=member.pk)
    DeliveryStatus.objects.using("owner").create(
        message_id=world.message.pk, participant_id=member.pk, delivered_at=now()
    )
    Mention.objects.using("owner").create(participant_id=world.named.pk, seq=number, message_id=message.pk)
    Mention.objects.using("owner").create(participant_id=member.pk, seq=1, message_id=world.message.pk)
    make_member(world.conversation, person)
    make_member(conversation, world.ruth)
    PersonState.objects.using("owner").create(user_id=person.pk)
    Session.objects.create(user=person, expires_at=now().replace(year=2100))
    TOTP.activate(person, generate_totp_secret())
    Block.objects.create(blocker=world.ruth, blocked=person)
    EmailAddress.objects.create(user=person, email=person.email)
    LogEntry.objects.create(user_id=person.pk, object_id=str(world.ruth.pk), object_repr="x", action_flag=2,
                            content_type=ContentType.objects.get_for_model(User))  # fmt: skip
    make_prayers(person, sealed=world.lydia)
    make_job()
