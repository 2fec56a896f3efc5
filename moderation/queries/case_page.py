"""All that a case shows to whoever looks into it. The look is recorded, or nothing is shown."""

from __future__ import annotations

from typing import Any, NamedTuple
from uuid import UUID

from messaging.models import Message
from moderation.enums import EvidenceKind
from moderation.models import Appeal, Case, CaseNote, Decision, Evidence, Report
from moderation.queries.queue import cases, decisions
from prayermap.lib.db import call, call_scalar, from_json
from prayermap.lib.errors import NotFound

#: How many of each kind a page shows.
MOST = 100
MOST_EARLIER = 20
_REPORT = ("id", "reporter_member", "signal", "reason", "note", "created_at", "outcome", "reply")


class CasePage(NamedTuple):
    """`party` is whom it is about, where the case may name them without further ado; `fitting` what can be decided."""

    case: Case
    reports: list[Report]
    evidence: list[Evidence]
    notes: list[CaseNote]
    decisions: list[Decision]
    appeal: Appeal | None
    party: Any | None
    is_author_open: bool
    history: list[Any]
    fitting: frozenset[str]
    #: What became of sealed messages since, by message id.
    states: dict[UUID, str]


class Near(NamedTuple):
    """A message as it stands now, in the form of sealed ones."""

    seq: int
    body: dict[str, Any]


def look_into(case_id: UUID) -> CasePage:
    """Raises NotFound for a case that isn't there for the person who acts."""
    if not call_scalar("look_into_case", case_id, types="uuid"):
        raise NotFound
    case = cases().get(pk=case_id)
    evidence = list(Evidence.objects.filter(case_id=case_id)[:MOST])
    parties = call("party_of", case_id, types="uuid")
    return CasePage(
        case=case,
        reports=list(Report.objects.filter(case_id=case_id).only(*_REPORT).order_by("id")[:MOST]),
        evidence=evidence,
        notes=list(_notes(case_id)),
        decisions=list(decisions().filter(case_id=case_id).order_by("id")[:MOST]),
        appeal=Appeal.objects.filter(case_id=case_id).select_related(None).first(),
        party=parties[0] if parties else None,
        is_author_open=case.is_sealed and bool(call_scalar("is_party_known", case_id, types="uuid")),
        history=call("party_history", case_id, MOST_EARLIER, types="uuid int"),
        fitting=frozenset(call_scalar("fitting_decisions", case_id, types="uuid")),
        states=_states(evidence),
    )


def transcript(evidence: list[Evidence]) -> list[Evidence]:
    """Sealed messages in the order in which they were written; a changed one stands twice."""
    messages = [row for row in evidence if row.seq is not None and row.kind != EvidenceKind.REVISION]
    return sorted(messages, key=lambda row: (row.seq or 0, row.pk))


def learn_author(case_id: UUID) -> Any | None:
    """Who wrote anonymously, inside the look into a case that may say so; recorded. None: it may not."""
    rows = call("learn_author", case_id, types="uuid")
    return rows[0] if rows else None


def near_context(case_id: UUID) -> list[Near]:
    """What stands around the reported message now, for whoever has the case; recorded. Empty: nothing, or not theirs."""
    return [Near(row.seq, from_json(row.body)) for row in call("near_context", case_id, types="uuid")]


def _notes(case_id: UUID) -> Any:
    found = CaseNote.objects.filter(case_id=case_id).select_related("author")
    return found.only("text", "created_at", "author__display_name").order_by("id")[:MOST]


def _states(evidence: list[Evidence]) -> dict[UUID, str]:
    ids = {row.message_id for row in evidence if row.message_id is not None}
    return dict(Message.objects.filter(pk__in=ids).values_list("id", "state")) if ids else {}
