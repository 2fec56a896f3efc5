"""`python -m bench.seed --count 1000`: people who are signed in, made beside our own server rather than through it.

A thousand registrations and sign-ins would take minutes of argon2. Here nobody has a password; a session and its
access token are made by the product's own code. Runs with the server's environment and writes a JSON list of
{"email", "id", "access"}.
"""

from __future__ import annotations

import argparse
import json
import os
import secrets
import sys
from datetime import timedelta

import django


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m bench.seed", description=__doc__)
    parser.add_argument("--count", type=int, required=True, help="how many people")
    count = parser.parse_args().count
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prayermap.settings")
    django.setup()
    json.dump(_people(count), sys.stdout)
    return 0


def _people(count: int) -> list[dict[str, str]]:
    from django.db import transaction
    from django.utils.timezone import now

    from accounts.models import Session, User
    from accounts.tokens import access_token, digest, refresh_tokens

    run, moment = secrets.token_hex(4), now()
    made = []
    with transaction.atomic(using="owner"):
        for number in range(count):
            user = User.objects.db_manager("owner").create_user(
                f"bench-{run}-{number}@example.com",
                display_name=f"Bench {run} {number}",
                created_at=moment - timedelta(days=30),  # no newcomer, who may invite fewer people
            )
            session = Session(user=user, rotated_at=moment, expires_at=moment + timedelta(days=1))
            session.refresh_digest = digest(refresh_tokens(session.id, session.generation)[0])
            session.save(using="owner")
            token = access_token(user_id=user.id, session_id=session.id, generation=0, issued_at=moment)
            made.append({"email": user.email, "id": str(user.id), "access": token})
    return made


if __name__ == "__main__":
    sys.exit(main())
