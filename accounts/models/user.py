"""A person with an account."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.contrib.auth.models import PermissionsMixin
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.db.models.functions import Lower
from django.utils.timezone import now

from accounts import values
from prayermap.lib.ids import uuid7
from prayermap.lib.text import check_name

#: Violated when an address is taken, however it is written.
EMAIL_UNIQUE = "user_email_unique"


def validate_display_name(value: str) -> None:
    """The form's side of `check_name`, which services call themselves."""
    try:
        check_name(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def validate_timezone(value: str) -> None:
    if not values.is_timezone(value):
        raise ValidationError("Must be an IANA time zone, such as Africa/Nairobi.")


class UserManager(BaseUserManager["User"]):
    """Makes people; a superuser comes from the command line or the demo data only."""

    def create_user(self, email: str, password: str | None = None, **fields: Any) -> User:
        """A new person. `password` None: nobody can sign in with one."""
        fields.setdefault("display_name", values.name_from_email(email))
        user = self.model(email=values.normal_email(email), **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, email: str, password: str | None = None, **fields: Any) -> User:
        return self.create_user(email, password, is_staff=True, is_superuser=True, **fields)

    def get_by_natural_key(self, username: str | None) -> User:
        return self.get(email=values.normal_email(username or ""))


class User(AbstractBaseUser, PermissionsMixin):
    """A person. Signs in by e-mail address; others see the display name only."""

    id: models.UUIDField[UUID, UUID] = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    #: In lower case throughout.
    email = models.EmailField(max_length=254)
    display_name = models.CharField(max_length=100, validators=[validate_display_name])
    #: IANA name: what "tomorrow morning" and quiet hours mean to this person.
    timezone = models.CharField(max_length=64, default="UTC", validators=[validate_timezone])
    share_read_receipts = models.BooleanField(default=True)
    share_presence = models.BooleanField(default=True)

    is_staff = models.BooleanField(default=False)
    is_active = models.BooleanField(default=True)
    #: Can't sign in or send until then.
    suspended_until = models.DateTimeField(null=True, blank=True)
    suspension_reason_code = models.CharField(max_length=64, default="", blank=True)
    #: Can't sign in for good.
    banned_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField(default=now, editable=False)
    #: The person was erased: this row is hollow and stands for nobody, so that others' conversations hold together.
    erased_at = models.DateTimeField(null=True, blank=True, editable=False)

    objects = UserManager()

    EMAIL_FIELD = USERNAME_FIELD = "email"
    REQUIRED_FIELDS = ["display_name"]

    class Meta:
        constraints = (
            # With the next one: unique however it is written, and `email = …` uses the index.
            models.UniqueConstraint(name=EMAIL_UNIQUE, fields=("email",)),
            models.CheckConstraint(name="user_email_lower", condition=Q(email=Lower("email"))),
            models.CheckConstraint(name="user_display_name", condition=Q(display_name__regex="^.{1,100}$")),
            models.CheckConstraint(
                name="user_timezone", condition=Q(timezone__regex="^[A-Za-z][A-Za-z0-9_+/-]{0,63}$")
            ),
            # Who is kept out is told why.
            models.CheckConstraint(
                name="user_suspension_reason",
                condition=Q(suspended_until=None, banned_at=None) | ~Q(suspension_reason_code=""),
            ),
        )
        # The admin site searches by the beginning of an address, in any collation.
        indexes = (
            models.Index(name="user_email_prefix", fields=("email",), opclasses=("varchar_pattern_ops",)),
        )

    def __str__(self) -> str:
        return self.display_name

    def clean(self) -> None:
        self.email = values.normal_email(self.email)
