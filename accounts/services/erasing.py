"""Close the account of a person who is erased: nobody signs in with it any more, and it says nothing of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from django.contrib.auth.hashers import make_password
from django.db import transaction

from accounts.enums import EndReason
from accounts.models import User
from accounts.services.sessions import end_all_sessions

HOLLOW_NAME = "Someone"


def end_access(*, user_id: UUID, now: datetime) -> None:
    """No request and no socket of this person from now on."""
    with transaction.atomic():
        User.objects.filter(pk=user_id).update(is_active=False)
        end_all_sessions(user_id=user_id, reason=EndReason.REVOKED, now=now)


def hollow_address(user_id: UUID) -> str:
    """What stands in the place of the address, which is free again; `.invalid` leads nowhere (RFC 2606)."""
    return f"{user_id.hex}@erased.invalid"


def hollow_columns(user_id: UUID, now: datetime) -> dict[str, Any]:
    """What every column that could say something of the person is set to."""
    return {
        "email": hollow_address(user_id),
        "display_name": HOLLOW_NAME,
        "password": make_password(None),
        "timezone": "UTC",
        "share_read_receipts": False,
        "share_presence": False,
        "is_staff": False,
        "is_superuser": False,
        "is_active": False,
        "suspended_until": None,
        "suspension_reason_code": "",
        "banned_at": None,
        "last_login": None,
        "erased_at": now,
    }
