"""Search over REST."""

from __future__ import annotations

from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from messaging.enums import MessageType
from messaging.queries import search as reading
from messaging.schemas import messages as shapes
from prayermap.lib.acting import acting_as
from prayermap.lib.errors import invalid
from prayermap.lib.http.documentation import documented, query
from prayermap.lib.http.paging import DEFAULT_LIMIT, MAX_LIMIT
from prayermap.lib.http.views import ApiView, person_id, query_int, query_time, query_uuids
from prayermap.lib.rate import hit

QUERY_CHARS = 200
_MOST_RANK = 2**31 - 1


class Search(ApiView):
    @documented(
        summary="Search in the messages you can see, best first",
        description="All words must be there; the last one, and one with `*`, as a beginning; a phrase in quotes.",
        responses={200: shapes.FoundPage},
        parameters=(
            query("q", "1 to 200 characters.", required=True),
            query("conversation", "Only in this one."),
            query("from", "Only messages sent at this time or later."),
            query("to", "Only messages sent before this time."),
            query("type", "Only messages of this type.", enum=MessageType.values),
            query("limit", "1 to 100, by default 50.", int),
            query("cursor", "From `next`."),
        ),
        problems=("not_found",),
        tags=("messages",),
    )
    def get(self, request: Request) -> Response:
        wanted = _wanted(request)
        after = _place(request)
        limit = query_int(request, "limit", DEFAULT_LIMIT, low=1, high=MAX_LIMIT) or DEFAULT_LIMIT
        hit("search", str(person_id(request)))
        with acting_as(person_id(request)):
            results, end = reading.found_messages(wanted, after, limit)
        url = request.build_absolute_uri()
        next_url = replace_query_param(url, "cursor", f"{end.rank}.{end.id}") if end else None
        return Response(shapes.FoundPage(results, next_url, None))


def _wanted(request: Request) -> reading.Search:
    q = request.query_params.get("q", "")
    if not 1 <= len(q) <= QUERY_CHARS or "\0" in q:
        raise invalid(q=f"Must be 1 to {QUERY_CHARS} characters.")
    kind = request.query_params.get("type")
    if kind is not None and kind not in MessageType.values:
        raise invalid(type="Not a type of message.")
    conversation = query_uuids(request, "conversation", most=1)
    if conversation == []:
        raise invalid(conversation="Must be an id.")
    return reading.Search(
        q,
        conversation[0] if conversation else None,
        kind,
        query_time(request, "from"),
        query_time(request, "to"),
    )


def _place(request: Request) -> reading.Place | None:
    raw = request.query_params.get("cursor")
    if raw is None:
        return None
    rank, _, id_ = raw.partition(".")
    try:
        place = reading.Place(int(rank), UUID(id_))
    except ValueError:
        raise invalid(cursor="Not a cursor of this list.") from None
    if not 0 <= place.rank <= _MOST_RANK:
        raise invalid(cursor="Not a cursor of this list.")
    return place
