"""The third step of delivery: a mail about what has been unread for a while. It counts; it names nobody and no text."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta
from smtplib import SMTPException
from uuid import UUID

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.template.loader import render_to_string

from accounts.models import User
from accounts.rules import may_enter
from notifications.enums import Channel, Kind, Outcome, Reason
from notifications.models import DeliveryState, Notification, NotificationPreference, NotificationSettings
from notifications.queries.inbox import as_notifications
from notifications.rules.defaults import Channels
from notifications.rules.judging import Verdict, wish
from notifications.rules.sources import by_source
from notifications.rules.wording import lines
from notifications.schemas.inbox import Notification as NotificationShape
from notifications.services.people import quiet_end
from notifications.services.recording import Decision, record
from prayermap.lib.acting import acting_as

logger = logging.getLogger(__name__)
AT_ONCE = 20
#: A worker that is killed while it sends leaves the mail to the next one after this time.
_CLAIM = timedelta(minutes=5)
_TRIES = 6
_SENT = Verdict(Outcome.SENT, Reason.DUE)


def send_mails(*, now: datetime) -> int:
    """Send up to 20 that are due; how many people were looked at. As the owner, by any number of workers at once."""
    claimed = _claim(now)
    for state in claimed:
        _mail(state, now)
    return len(claimed)


def _claim(now: datetime) -> list[DeliveryState]:
    """The claim is the due time itself, moved ahead."""
    with transaction.atomic(using="owner"):
        states = DeliveryState.objects.using("owner").select_for_update(skip_locked=True)
        rows = list(states.filter(mail_due_at__lte=now).order_by("mail_due_at")[:AT_ONCE])
        for row in rows:
            row.mail_due_at = now + _CLAIM
        if rows:
            DeliveryState.objects.using("owner").bulk_update(rows, ["mail_due_at"])
    return rows


def _mail(state: DeliveryState, now: datetime) -> None:
    user = User.objects.using("owner").filter(pk=state.user_id, is_active=True).first()
    options = NotificationSettings.objects.using("owner").filter(pk=state.user_id).first()
    if user is None:
        return _finish(state, mail_due_at=None)
    quiet = quiet_end(options or NotificationSettings(), user.timezone, now)
    if quiet is not None:
        return _finish(state, mail_due_at=quiet)
    rows = _unread(user, now)
    seen = _as_seen(user.pk, rows)
    if not any(one.count for one in seen):
        return _finish(state, mail_due_at=None)
    try:
        _send(user, seen)
    except (SMTPException, OSError) as error:
        logger.warning("a mail about notifications was not sent: %s", type(error).__name__)
        return _try_again(state, rows, now)
    Notification.objects.using("owner").filter(pk__in=[row.pk for row in rows]).update(emailed_at=now)
    _remember(rows, _SENT, now)
    # What came while it was being sent waits for the next one.
    later = now + timedelta(seconds=settings.EMAIL_EVERY_SECONDS) if _unread(user, now) else None
    return _finish(state, mail_due_at=later, mailed_at=now, mail_tries=0)


def _unread(user: User, now: datetime) -> list[Notification]:
    """What this person wants by mail and has neither read nor been mailed, nor muted meanwhile."""
    wishes = {
        row.kind: Channels(row.in_app, row.push, row.email)
        for row in NotificationPreference.objects.using("owner").filter(user_id=user.pk)
    }
    may = may_enter(user, now)  # who was kept out is still told what moderators decided
    rows = [
        row
        for row in Notification.objects.using("owner").filter(user_id=user.pk, read_at=None)
        if wish(wishes, row.kind).email
        and (may or row.kind == Kind.MODERATION_NOTICE)
        and (row.emailed_at is None or row.emailed_at < row.updated_at)
    ]
    held = {pk for source, own in by_source(rows) for pk in source.holds(own, now)}
    return [row for row in rows if row.pk not in held]


def _as_seen(user_id: UUID, rows: Sequence[Notification]) -> list[NotificationShape]:
    with acting_as(user_id):
        return as_notifications(rows)


def _send(user: User, seen: Sequence[NotificationShape]) -> None:
    """Text and HTML of the same; the first line of the text is the subject."""
    counts: Counter[str] = Counter()
    for one in seen:
        counts[one.kind] += one.count
    context = {"name": user.display_name, "lines": lines(counts), "url": settings.PUBLIC_URL}
    subject, _, text = render_to_string("notifications/mail/unread.txt", context).partition("\n")
    mail = EmailMultiAlternatives(
        subject.strip(), text.lstrip("\n"), to=[user.email], headers={"Auto-Submitted": "auto-generated"}
    )
    mail.attach_alternative(render_to_string("notifications/mail/unread.html", context), "text/html")
    mail.send()


def _try_again(state: DeliveryState, rows: Sequence[Notification], now: datetime) -> None:
    if state.mail_tries + 1 >= _TRIES:
        _remember(rows, Verdict(Outcome.FAILED, Reason.UNREACHABLE), now)
        return _finish(state, mail_due_at=None, mail_tries=0)
    due = now + _CLAIM * 2 ** min(state.mail_tries, 6)
    _remember(rows, Verdict(Outcome.HELD, Reason.UNREACHABLE, due), now)
    return _finish(state, mail_due_at=due, mail_tries=state.mail_tries + 1)


def _remember(rows: Sequence[Notification], verdict: Verdict, now: datetime) -> None:
    with transaction.atomic(using="owner"):
        record([Decision(row, Channel.EMAIL, verdict) for row in rows], now)


def _finish(state: DeliveryState, **columns: datetime | int | None) -> None:
    DeliveryState.objects.using("owner").filter(pk=state.pk).update(**columns)
