"""Messages over REST."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple, Protocol
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from messaging.models import Message, Participant
from messaging.queries import messages as reading
from messaging.queries.members import my_reading_participant
from messaging.schemas import messages as shapes
from messaging.services.quota import take_message
from messaging.services.receipts import mark_receipts
from messaging.services.sending import send_message
from messaging.services.typing import set_typing, typing_list
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from prayermap.lib.http.platforms import platform_of
from prayermap.lib.http.reading import read
from prayermap.lib.http.views import ApiView, person_id, query_int

TAGS = ("messages",)
MAX_SEQ = 2**62
SEND_PROBLEMS = (
    "not_found", "forbidden", "blocked", "request_pending", "conflict", "client_id_reused", "client_id_invalid",
    "anonymity_impossible",
)  # fmt: skip


class MessageList(ApiView):
    @documented(
        summary="History",
        description="Newest first without a cursor and for `before`; oldest first for `after` and `around`.",
        responses={200: shapes.MessagePage},
        parameters=(
            query("before", "Messages below this seq, newest first.", int),
            query("after", "Messages above this seq, oldest first.", int),
            query("around", "Messages around this seq, which is included, oldest first.", int),
            query("limit", "1 to 100, by default 50.", int),
        ),
        problems=("not_found",),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        cursor, limit = asked_page(request)
        with acting_as(person_id(request)):
            member = my_reading_participant(conversation_id)
            rows = _rows(member, cursor, limit)
            results = reading.as_messages(member, rows)
        bounds = Bounds(member.visible_from_seq, member.conversation.latest_seq)
        return Response(shapes.MessagePage(results, *page_links(request, rows, bounds, cursor, limit)))

    @documented(
        summary="Send a message",
        request=shapes.SendMessage,
        responses={200: shapes.SentMessage, 201: shapes.SentMessage},
        problems=SEND_PROBLEMS,
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.SendMessage)
        take_message(person_id(request))
        with acting_as(person_id(request)):
            answer = send_message(conversation_id=conversation_id, body=body)
        return Response(answer, status=200 if answer.duplicate else 201)


class Receipts(ApiView):
    @documented(
        summary="Mark as delivered or read, up to a seq",
        request=shapes.MarkReceipts,
        responses={200: shapes.Marks},
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.MarkReceipts)
        with acting_as(person_id(request)):
            platform = platform_of(request.headers.get("User-Agent", ""))
            return Response(mark_receipts(conversation_id=conversation_id, body=body, platform=platform))


class Typing(ApiView):
    @documented(
        summary="Who else is typing",
        responses={200: shapes.TypingList},
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def get(self, request: Request, conversation_id: UUID) -> Response:
        with acting_as(person_id(request)):
            return Response(typing_list(conversation_id=conversation_id))

    @documented(
        summary="Start typing (for 10 s) or stop",
        request=shapes.SetTyping,
        responses={204: None},
        problems=("not_found", "forbidden"),
        tags=TAGS,
    )
    def post(self, request: Request, conversation_id: UUID) -> Response:
        body = read(request, shapes.SetTyping)
        with acting_as(person_id(request)):
            set_typing(conversation_id=conversation_id, is_typing=body.is_typing)
        return Response(status=204)


class Bounded(Protocol):
    """Between which seqs somebody may page."""

    @property
    def visible_from_seq(self) -> int: ...
    @property
    def latest_seq(self) -> int: ...


class Bounds(NamedTuple):
    visible_from_seq: int
    latest_seq: int


class Numbered(Protocol):
    """A message, in whatever form."""

    @property
    def seq(self) -> int: ...


def asked_page(request: Request) -> tuple[tuple[str, int] | None, int]:
    """Cursor and limit. Raises Invalid."""
    return _cursor(request), query_int(
        request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT
    ) or DEFAULT_LIMIT


def _cursor(request: Request) -> tuple[str, int] | None:
    given = [
        (name, value)
        for name in ("before", "after", "around")
        if (value := query_int(request, name, None, low=0, high=MAX_SEQ)) is not None
    ]
    if len(given) > 1:
        raise invalid(**{given[1][0]: "Only one of before, after and around."})
    return given[0] if given else None


def _rows(member: Participant, cursor: tuple[str, int] | None, limit: int) -> list[Message]:
    if cursor is None:
        return reading.page_before(member, None, limit)
    name, value = cursor
    if name == "before":
        return reading.page_before(member, value, limit)
    if name == "after":
        return reading.page_after(member, value, limit)
    return reading.page_around(member, value, limit)


def page_links(
    request: Request, rows: Sequence[Numbered], bounds: Bounded, cursor: tuple[str, int] | None, limit: int
) -> tuple[str | None, str | None]:
    """`next` goes on in the direction asked for, `previous` the other way; seq has no gaps, so ends are known."""
    if not rows:
        return None, None
    low, high = sorted((rows[0].seq, rows[-1].seq))
    older = f"before={low}" if low > bounds.visible_from_seq else None
    newer = f"after={high}" if high < bounds.latest_seq else None
    forward = cursor is not None and cursor[0] != "before"
    pair = (newer, older) if forward else (older, newer)
    urls = [f"{request.path}?{part}&limit={limit}" if part else None for part in pair]
    return tuple(request.build_absolute_uri(url) if url else None for url in urls)  # type: ignore[return-value]
