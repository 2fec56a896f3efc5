"""Small things that the pages of a case say about what was sealed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from django import template
from django.urls import reverse

from moderation.enums import Signal
from moderation.models import Decision

register = template.Library()
SOMEONE = "Someone"


@register.simple_tag
def shown_name(body: Mapping[str, Any]) -> str:
    """Who wrote it, as others saw them."""
    return str(body.get("sender_name") or SOMEONE)


@register.simple_tag
def member_name(members: Mapping[str, Any], member: UUID) -> str:
    """A reporter, as the others in the conversation see them."""
    person = members.get(str(member))
    return str(person.name) if person else SOMEONE


@register.filter
def signal_name(signal: str) -> str:
    """What the server noticed, in words."""
    return Signal(signal).label if signal in Signal.values else signal


@register.filter
def moment(value: str) -> str:
    """A time out of sealed JSON, in UTC."""
    return f"{datetime.fromisoformat(value).astimezone(UTC):%Y-%m-%d %H:%M}"


@register.filter
def state_of(states: Mapping[UUID, str], message: UUID) -> str:
    """What became of a message since; `archived` where its month is no longer there."""
    return states.get(message, "archived")


@register.simple_tag
def case_of_decision(decision: UUID) -> str:
    """The address of the case in which something was decided."""
    case = Decision.objects.values_list("case_id", flat=True).filter(pk=decision).first()
    return reverse("admin:case_page", args=[case]) if case else ""
