"""Report something to the moderators: the first report about it opens a case, further ones join it."""

from __future__ import annotations

from typing import Any
from uuid import UUID, uuid5

from accounts.services.client_keys import earlier_result, remember
from messaging.queries.members import my_participant, my_reading_participant
from messaging.services.outcomes import refusal
from moderation.queries.reports import as_filed, own_report
from moderation.schemas import reports as shapes
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.ids import uuid7
from prayermap.lib.rate import hit


def report_message(*, conversation_id: UUID, seq: int, body: shapes.FileReport) -> shapes.FiledReport:
    """Report a message that one can see; it is sealed with its neighbours.

    Raises NotFound, Forbidden (one's own), ClientIdReused, RateLimited.
    """
    my_reading_participant(conversation_id)
    return _file(
        "report_message", "uuid bigint", (conversation_id, seq), uuid5(conversation_id, f"flag {seq}"), body
    )


def report_member(*, conversation_id: UUID, member_id: UUID, body: shapes.FileReport) -> shapes.FiledReport:
    """Report a member of a conversation of one's own. Raises as above."""
    my_participant(conversation_id)
    return _file(
        "report_member", "uuid uuid", (conversation_id, member_id), uuid5(member_id, "flag member"), body
    )


def report_conversation(*, conversation_id: UUID, body: shapes.FileReport) -> shapes.FiledReport:
    """Report a conversation; whoever is only invited reports the invitation. Raises as above."""
    my_participant(conversation_id)
    return _file("report_conversation", "uuid", (conversation_id,), uuid5(conversation_id, "flag"), body)


def report_prayer(*, prayer_id: UUID, body: shapes.FileReport) -> shapes.FiledReport:
    """Report a prayer. Raises as above."""
    return _file("report_prayer", "uuid", (prayer_id,), uuid5(prayer_id, "flag"), body)


def _file(
    function: str, types: str, what: tuple[Any, ...], scope: UUID, body: shapes.FileReport
) -> shapes.FiledReport:
    """Call the function that gathers and seals; `scope` tells what a repeated client_id was about."""
    if earlier := earlier_result(body.client_id, scope, body):
        return as_filed(own_report(earlier), duplicate=True)
    hit("reports", str(current_user_id()))
    (result,) = call(
        function, *what, body.reason, body.note, uuid7(), uuid7(), types=f"{types} text text uuid uuid"
    )
    if error := refusal(result.outcome):
        raise error
    remember(body.client_id, scope, body, result.report)
    return as_filed(own_report(result.report), duplicate=result.outcome == "duplicate")
