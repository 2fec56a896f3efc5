"""What constraints can't hold across partitions, looked for by a scan."""

from __future__ import annotations

from django.db import connections


def integrity_problems() -> list[dict[str, str | int]]:
    """Rows of {problem, conversation, found}; runs as the owner and reads every message."""
    with connections["owner"].cursor() as cursor:
        cursor.execute("SELECT problem, conversation, found FROM check_messages()")
        return [
            {"problem": problem, "conversation": str(conversation), "found": found}
            for problem, conversation, found in cursor.fetchall()
        ]
