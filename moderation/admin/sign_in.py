"""allauth's tables: addresses and second factors."""

from __future__ import annotations

from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from django.contrib import admin

from prayermap.lib.admin import ReadOnlyAdmin

for model in (EmailAddress, Authenticator):
    admin.site.unregister(model)


@admin.register(EmailAddress)
class EmailAddressAdmin(ReadOnlyAdmin[EmailAddress]):
    """Whether somebody has confirmed an address. Its owner does that, nobody else."""

    readable = ("id", "email", "verified", "primary", "user__display_name", "user__email")
    related = ("user",)
    list_display = ("email", "user", "verified", "primary")
    search_fields = ("user__email", "user")
    search_help_text = "The e-mail address or id of a person"
    fields = ("email", "user", ("verified", "primary"))


@admin.register(Authenticator)
class AuthenticatorAdmin(ReadOnlyAdmin[Authenticator]):
    """That somebody has a second factor, and of which kind; the role of this site can't read its secret."""

    readable = ("id", "type", "created_at", "last_used_at", "user__display_name", "user__email")
    related = ("user",)
    list_display = ("id", "user", "type", "created_at", "last_used_at")
    search_fields = ("user__email", "user")
    search_help_text = "The e-mail address or id of a person"
    fields = ("user", "type", ("created_at", "last_used_at"))
