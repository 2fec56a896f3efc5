"""Words that stand in columns and in news."""

from __future__ import annotations

from django.db import models


class EndReason(models.TextChoices):
    """Why a session ended."""

    #: The person signed out on that device.
    SIGNED_OUT = "signed_out"
    #: A refresh token came a second time, so somebody else may have it.
    TOKEN_REUSED = "token_reused"  # noqa: S105 - a reason
    #: The password was changed or reset elsewhere.
    PASSWORD_CHANGED = "password_changed"  # noqa: S105 - a reason
    #: A moderator ended it.
    REVOKED = "revoked"
    #: The account was banned.
    BANNED = "banned"
