"""The first step of delivery: decide what becomes of notifications that are due, and fill the outboxes.

What decides is read first. Rows are locked for the few milliseconds of writing only, and never waited for, so a send
that opens the same notification isn't held up.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction

from notifications.enums import Channel, Outcome, Reason
from notifications.models import SUMMARY, DeliveryState, Notification, PushAction
from notifications.rules.judging import DUE, Facts, Verdict, judge_push, wish
from notifications.rules.sources import Hold, by_source
from notifications.services.outbox import Outgoing
from notifications.services.people import facts_of
from notifications.services.recording import Decision

AT_ONCE = 500
HOUR = timedelta(hours=1)
_WITHDRAWN = Verdict(Outcome.WITHDRAWN, Reason.READ)


def route_due(*, now: datetime) -> int:
    """Decide about up to 500 notifications; how many were. Several workers may do so at once, as the owner."""
    due = list(
        Notification.objects.using("owner").filter(push_due_at__lte=now).order_by("push_due_at")[:AT_ONCE]
    )
    if not due:
        return 0
    facts = facts_of((row.user_id for row in due), now)
    holds = _holds([row for row in due if row.read_at is None], now)
    with transaction.atomic(using="owner"):
        states = _take_turns(facts)
        rows = _locked(due, states, now)
        outgoing = Outgoing()
        for user_id, own in _by_person(rows).items():
            _route_person(own, facts[user_id], states[user_id], holds, outgoing, now)
        outgoing.save(now)
    return len(rows)


def _take_turns(user_ids: Iterable[UUID]) -> dict[UUID, DeliveryState]:
    """One worker at a time decides for a person: budget and summary are over all of theirs. Others are left out."""
    ids = sorted(user_ids)
    states = DeliveryState.objects.using("owner")
    states.bulk_create([DeliveryState(user_id=user_id) for user_id in ids], ignore_conflicts=True)
    taken = states.select_for_update(skip_locked=True).filter(pk__in=ids).order_by("pk")
    return {state.user_id: state for state in taken}


def _locked(
    due: Sequence[Notification], states: Mapping[UUID, DeliveryState], now: datetime
) -> list[Notification]:
    """As they are now, without those that somebody else is writing to."""
    rows = Notification.objects.using("owner").select_for_update(skip_locked=True)
    ids = [row.pk for row in due if row.user_id in states]
    return list(rows.filter(pk__in=ids, push_due_at__lte=now).order_by("user_id", "kind", "subject"))


def _holds(rows: Sequence[Notification], now: datetime) -> dict[UUID, Hold]:
    found: dict[UUID, Hold] = {}
    for source, own in by_source(rows):
        found.update(source.holds(own, now))
    return found


def _by_person(rows: Iterable[Notification]) -> dict[UUID, list[Notification]]:
    found: dict[UUID, list[Notification]] = defaultdict(list)
    for row in rows:
        found[row.user_id].append(row)
    return found


def _route_person(
    rows: Sequence[Notification],
    facts: Facts,
    state: DeliveryState,
    holds: Mapping[UUID, Hold],
    outgoing: Outgoing,
    now: datetime,
) -> None:
    window = timedelta(seconds=settings.PUSH_WINDOW_SECONDS)
    due: list[Notification] = []
    for row in rows:
        if row.read_at is not None:
            _withdraw(row, facts, outgoing)
            continue
        _plan_mail(row, facts, state, holds, now)
        verdict = judge_push(row, facts, holds.get(row.pk), now=now, window=window)
        if verdict == DUE:
            due.append(row)
        else:
            _put_off(row, verdict, facts, outgoing)
    _push(due, facts, state, outgoing, now)
    outgoing.states.append(state)


def _withdraw(row: Notification, facts: Facts, outgoing: Outgoing) -> None:
    """Closed after it was pushed: the devices take it away."""
    if row.pushed_at is not None:
        outgoing.add(facts.devices, row.pk, PushAction.WITHDRAW)
        outgoing.decisions.append(Decision(row, Channel.PUSH, _WITHDRAWN))
    row.push_due_at = row.pushed_at = None
    outgoing.rows.append(row)


def _put_off(row: Notification, verdict: Verdict, facts: Facts, outgoing: Outgoing) -> None:
    row.push_due_at = verdict.until
    row.push_tries = min(row.push_tries + 1, 100)
    row.is_held = row.is_held or verdict.reason == Reason.BUDGET or (
        verdict.reason == Reason.QUIET_HOURS and facts.wants_digest
    )  # fmt: skip
    outgoing.rows.append(row)
    outgoing.decisions.append(Decision(row, Channel.PUSH, verdict))


def _push(
    due: Sequence[Notification], facts: Facts, state: DeliveryState, outgoing: Outgoing, now: datetime
) -> None:
    """What was held back before goes as one summary; each other one for itself, as far as the hour's budget goes."""
    state.pushes = [at for at in state.pushes if at > now - HOUR]
    held = [row for row in due if row.is_held]
    units = [held] if len(held) > 1 else [[row] for row in held]
    units += [[row] for row in due if not row.is_held]
    for unit in units:
        if len(state.pushes) >= facts.push_per_hour:
            for row in unit:
                _put_off(row, Verdict(Outcome.HELD, Reason.BUDGET, state.pushes[0] + HOUR), facts, outgoing)
            continue
        state.pushes.append(now)
        _send(unit, facts, outgoing, now)


def _send(unit: Sequence[Notification], facts: Facts, outgoing: Outgoing, now: datetime) -> None:
    if len(unit) == 1:
        outgoing.add(facts.devices, unit[0].pk, PushAction.SHOW)
    else:
        outgoing.add(facts.devices, SUMMARY, PushAction.SUMMARY)
        summed = Verdict(Outcome.SENT, Reason.DIGEST)
        outgoing.decisions += [Decision(row, Channel.PUSH, summed) for row in unit]
    for row in unit:
        row.push_due_at, row.pushed_at, row.is_held, row.push_tries = None, now, False, 0
        outgoing.rows.append(row)


def _plan_mail(
    row: Notification, facts: Facts, state: DeliveryState, holds: Mapping[UUID, Hold], now: datetime
) -> None:
    """A mail later, if it is still unread then; one mail for all that has gathered."""
    is_told = row.emailed_at is not None and row.emailed_at >= row.updated_at
    if is_told or row.pk in holds or not wish(facts.wishes, row.kind).email or state.mail_due_at is not None:
        return
    state.mail_due_at = now + timedelta(seconds=settings.EMAIL_AFTER_SECONDS)
    if state.mailed_at is not None:
        earliest = state.mailed_at + timedelta(seconds=settings.EMAIL_EVERY_SECONDS)
        state.mail_due_at = max(state.mail_due_at, earliest)
