"""A message, and who wrote it where others must not know."""

from __future__ import annotations

from django.contrib.postgres.fields import ArrayField
from django.db import models

from messaging.enums import MessageState, MessageType

from .conversation import Conversation
from .participant import Participant


class Message(models.Model):
    """One message. Partitioned by month on `id`, a UUIDv7: the key stays a single column and prunes.

    A named message's id is the client's `client_id`, so the primary key is the replay guard. Rows are written
    by `send_messages()` alone, which also stands for the references: the database has no foreign key here,
    because a month must detach without a lock on its neighbours. What each type needs, lengths and states
    are constraints in sql/0002_message_constraints_v1.sql.
    """

    id = models.UUIDField(primary_key=True, editable=False)
    conversation = models.ForeignKey(
        Conversation, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="messages"
    )
    seq = models.BigIntegerField()
    rev = models.BigIntegerField()
    #: NULL for an anonymous message of a named member: see MessageAuthor.
    sender = models.ForeignKey(
        Participant, models.DO_NOTHING, db_constraint=False, db_index=False, null=True, related_name="+"
    )
    is_anonymous = models.BooleanField(default=False)
    type = models.TextField(choices=MessageType.choices)
    content = models.TextField(null=True)
    payload = models.JSONField(null=True)
    attachment_id = models.UUIDField(null=True)
    reply_to_seq = models.BigIntegerField(null=True)
    #: Member ids.
    mentions = ArrayField(models.UUIDField(), default=list)
    state = models.TextField(choices=MessageState.choices, default=MessageState.LIVE)
    edited_at = models.DateTimeField(null=True)
    pinned_at = models.DateTimeField(null=True)
    #: Keyed digest of the request that made it: tells a replay from another use of the id. Dropped on deletion.
    request_digest = models.TextField(null=True)
    created_at = models.DateTimeField()
    #: When it disappears; NULL: never.
    expires_at = models.DateTimeField(null=True)
    #: How often it has been forwarded on its way here.
    hops = models.SmallIntegerField(default=0)
    #: Somebody has reacted: only then are reactions read.
    has_reactions = models.BooleanField(default=False)

    #: Not columns: what a member alone sees of it, where the query asked (messaging/queries/messages.py).
    is_starred: bool
    is_removed: bool

    class Meta:
        db_table = "message"
        ordering = ("conversation", "seq")
        indexes = (
            models.Index(name="message_conversation_rev", fields=("conversation", "rev")),
            # Answers of a message.
            models.Index(
                name="message_reply_to",
                fields=("conversation", "reply_to_seq"),
                condition=models.Q(reply_to_seq__isnull=False),
            ),
            models.Index(
                name="message_pinned",
                fields=("conversation", "seq"),
                condition=models.Q(pinned_at__isnull=False),
            ),
            models.Index(
                name="message_expiring",
                fields=("expires_at",),
                condition=models.Q(expires_at__isnull=False),
            ),
            # What was written since: screening, statistics of a day.
            models.Index(name="message_created", fields=("created_at",)),
            # Moderation and erasure: what did this member write?
            models.Index(
                name="message_sender", fields=("sender", "seq"), condition=models.Q(sender__isnull=False)
            ),
        )

    def __str__(self) -> str:
        return f"{self.conversation_id} {self.seq}"


class MessageAuthor(models.Model):
    """Sealed: who wrote an anonymous message. No role of members may read it.

    Also the replay guard of anonymous sends, whose ids the server makes (a client's clock is a fingerprint).
    """

    message_id = models.UUIDField(primary_key=True)
    participant = models.ForeignKey(Participant, models.PROTECT, related_name="+")
    client_id = models.UUIDField()

    class Meta:
        db_table = "message_author"
        constraints = (models.UniqueConstraint(name="message_author_client_id", fields=("client_id",)),)

    def __str__(self) -> str:
        return str(self.message_id)
