"""The two writers of a process, and what happens after their commits: answer, then tell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple
from uuid import UUID

from messaging.events import ROOM, message_event
from messaging.schemas.messages import MarkReceipts, SendMessage
from messaging.services.outcomes import refusal
from messaging.services.prayer_updates import is_answer, tell_answered
from messaging.services.receipts import mark_at_fault, mark_request, receipt_event
from messaging.services.sending import as_sent, send_request, sent_message, stored_message
from notifications.events import NOTIFIED, SETTLED, notified, settled
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import ApiError
from prayermap.lib.http.problems import as_api_error

from .answers import answer_error, answer_ok
from .database import in_database
from .sockets import Socket
from .writer import BatchWriter

if TYPE_CHECKING:
    from messaging.schemas.messages import SentMessage

    from .hub import Hub


#: PostgreSQL flushes its log for one after the other, so a send that is ready while a mark's commit is being flushed waits
#: for both. Figures: docs/performance.md, Receipts.
MARKS_EVERY_S = 0.05


class SendJob(NamedTuple):
    socket: Socket
    ref: str | int | None
    conversation: UUID
    body: SendMessage


class MarkJob(NamedTuple):
    socket: Socket
    ref: str | int | None
    conversation: UUID
    #: Which mark a refusal is about.
    mark: str


class Writers:
    """Sends and receipts of this process's sockets."""

    def __init__(self, hub: Hub) -> None:
        self._hub = hub
        self.sends: BatchWriter[SendJob] = BatchWriter("write_messages", self._sent)
        self.marks: BatchWriter[MarkJob] = BatchWriter("write_marks", self._marked, MARKS_EVERY_S)

    def start(self) -> None:
        self.sends.start()
        self.marks.start()

    async def stop(self) -> None:
        await self.sends.stop()
        await self.marks.stop()

    def send(self, socket: Socket, ref: str | int | None, conversation: UUID, body: SendMessage) -> None:
        """Raises Unavailable when the queue is full."""
        request = send_request(author=socket.user, conversation_id=conversation, body=body)
        self.sends.submit(request, SendJob(socket, ref, conversation, body))

    def mark(self, socket: Socket, ref: str | int | None, conversation: UUID, body: MarkReceipts) -> None:
        """Raises Unavailable when the queue is full."""
        request = mark_request(
            author=socket.user, conversation_id=conversation, body=body, platform=socket.platform
        )
        self.marks.submit(request, MarkJob(socket, ref, conversation, mark_at_fault(body)))

    def _sent(self, job: SendJob, row: Any) -> None:
        if isinstance(row, ApiError):
            answer_error(job.socket, job.ref, row)
        elif row.outcome == "ok":
            message = sent_message(job.conversation, job.body, row, author=job.socket.user)
            answer_ok(job.socket, job.ref, as_sent(message, duplicate=False))
            event = message_event(message, type_="message.new", author=job.socket.user, skip=job.socket.id)
            self._hub.publish(ROOM, event)
            if row.opened:
                self._hub.publish(NOTIFIED, notified(row.opened, job.conversation))
            if is_answer(job.body):
                self._hub.run(in_database(tell_answered, job.conversation))
        elif row.outcome == "duplicate":
            self._hub.run(_answer_duplicate(job, row.seq))
        else:
            answer_error(job.socket, job.ref, refusal(row.outcome, row.retry_after_ms) or ApiError())

    def _marked(self, job: MarkJob, row: Any) -> None:
        if isinstance(row, ApiError):
            answer_error(job.socket, job.ref, row)
        elif error := refusal(row.outcome, mark=job.mark):
            answer_error(job.socket, job.ref, error)
        else:
            answer_ok(job.socket, job.ref, {"delivered_seq": row.delivered_seq, "read_seq": row.read_seq})
            if row.changed:
                topic, event = receipt_event(job.conversation, job.socket.user, row, skip=job.socket.id)
                self._hub.publish(topic, event)
            if row.closed or row.closed_fresh:
                event_ = settled([job.socket.user], job.conversation, row.closed, row.closed_fresh)
                self._hub.publish(SETTLED, event_)
            if row.opened:
                self._hub.publish(NOTIFIED, notified(row.opened, job.conversation))


async def _answer_duplicate(job: SendJob, seq: int) -> None:
    try:
        stored = await in_database(_stored, job.socket.user, job.conversation, seq)
    except Exception as error:
        answer_error(job.socket, job.ref, as_api_error(error) or ApiError())
        if as_api_error(error) is None:
            raise
    else:
        answer_ok(job.socket, job.ref, stored)


def _stored(user_id: UUID, conversation: UUID, seq: int) -> SentMessage:
    with acting_as(user_id):
        return stored_message(conversation_id=conversation, seq=seq)
