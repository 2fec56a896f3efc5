from datetime import timedelta
from uuid import uuid4

import pytest
from django.db import IntegrityError, transaction
from django.utils.timezone import now

from accounts.models import Block, Session, User
from tests.factories import make_user

pytestmark = pytest.mark.django_db


def violated(make):
    """The name of the constraint that refuses it."""
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        make()
    return caught.value.__cause__.diag.constraint_name


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"email": "ruth@example.com"}, "user_email_unique"),
        ({"email": "Naomi@example.com"}, "user_email_lower"),
        ({"display_name": ""}, "user_display_name"),
        ({"timezone": ""}, "user_timezone"),
        ({"timezone": "Africa Nairobi"}, "user_timezone"),
        ({"suspended_until": now()}, "user_suspension_reason"),
        ({"banned_at": now()}, "user_suspension_reason"),
    ],
)
def test_the_database_refuses_a_person(columns, constraint):
    make_user(email="ruth@example.com")
    given = {"email": "other@example.com", "display_name": "Other", "password": "!"} | columns
    assert violated(lambda: User.objects.create(**given)) == constraint


@pytest.mark.parametrize(
    ("columns", "constraint"),
    [
        ({"refresh_digest": b"short"}, "session_refresh_digest_sha256"),
        ({"expires_at": now() - timedelta(days=1)}, "session_expires_after"),
        ({"ended_at": now()}, "session_end_reason"),
        ({"end_reason": "revoked"}, "session_end_reason"),
        ({"ended_at": now(), "end_reason": "bored"}, "session_end_reason"),
        ({"generation": -1}, "accounts_session_generation_check"),
    ],
)
def test_the_database_refuses_a_session(columns, constraint):
    given = {"user": make_user(), "expires_at": now() + timedelta(days=1)} | columns
    assert violated(lambda: Session.objects.create(**given)) == constraint


def test_the_database_refuses_a_block():
    ruth, amos = make_user(), make_user()
    member, client_id = uuid4(), uuid4()
    Block.objects.create(blocker=ruth, blocked=amos, client_id=client_id)
    Block.objects.create(blocker=ruth, blocked_member=member)
    for columns, constraint in (
        ({}, "block_one_target"),
        ({"blocked": amos, "blocked_member": uuid4()}, "block_one_target"),
        ({"blocked": ruth}, "block_not_oneself"),
        ({"blocked": amos}, "block_user_once"),
        ({"blocked_member": member}, "block_member_once"),
        ({"blocked_member": uuid4(), "client_id": client_id}, "block_client_id_unique"),
    ):
        assert violated(lambda given=columns: Block.objects.create(blocker=ruth, **given)) == constraint


def test_a_person_made_by_a_command_has_a_lower_case_address_and_a_name():
    user = User.objects.create_superuser("Esther.Q@Example.com", "secret")
    assert (user.email, user.display_name, user.is_staff, user.is_superuser) == (
        "esther.q@example.com",
        "Esther.Q",
        True,
        True,
    )
    assert User.objects.create_user("moderator@example.com").display_name == "Friend"
    assert User.objects.get_by_natural_key("ESTHER.Q@example.com") == user
