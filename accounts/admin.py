"""People in the admin site: few columns may be written, and only those are."""

from __future__ import annotations

from typing import Any, ClassVar
from uuid import UUID

from django.contrib import admin
from django.db.models import Field, ManyToManyField, QuerySet
from django.forms import CheckboxSelectMultiple
from django.http import HttpRequest
from django.utils.html import format_html

from accounts.enums import EndReason
from accounts.models import Block, Session, User
from accounts.renaming import tell_renamed_on_commit
from accounts.services.sessions import end_all_sessions
from prayermap.lib.admin import FastModelAdmin, ReadOnlyAdmin, SectionMaker, list_link
from prayermap.lib.times import utc_now


@admin.register(User)
class UserAdmin(FastModelAdmin[User]):
    """A person. Accounts are made by registration, moderators by membership of the group, superusers by command."""

    readable = (
        "id", "email", "display_name", "timezone", "is_staff", "is_active", "is_superuser", "suspended_until",
        "suspension_reason_code", "banned_at", "created_at", "last_login",
    )  # fmt: skip
    list_display = (
        "display_name",
        "email",
        "is_staff",
        "is_active",
        "suspended_until",
        "banned_at",
        "created_at",
    )
    search_fields = ("pk", "email")
    search_help_text = "The beginning of an e-mail address, or an id"
    fields = (
        ("display_name", "email"),
        "timezone",
        ("is_active", "is_staff", "is_superuser"),
        "groups",
        ("suspended_until", "banned_at", "suspension_reason_code"),
        ("created_at", "last_login"),
        "lists",
    )
    #: Four roles: boxes that a screen reader says as they are, not two lists that a script moves them between.
    formfield_overrides: ClassVar[dict[type[Field[Any, Any]], dict[str, Any]]] = {
        ManyToManyField: {"widget": CheckboxSelectMultiple}
    }
    #: What the database role of the admin site may not write (see sql/0002_access), or services must.
    readonly_fields = (
        "email", "is_superuser", "suspended_until", "banned_at", "suspension_reason_code", "created_at", "last_login",
        "lists",
    )  # fmt: skip
    #: Upper apps add what they know about a person.
    sections: ClassVar[list[SectionMaker]] = []

    @admin.display(description="Of this person")
    def lists(self, row: User) -> str:
        devices, blocks = (
            list_link(Session, "Devices", user=row.pk),
            list_link(Block, "Blocks", blocker=row.pk),
        )
        return format_html("{} · {}", devices, blocks)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """By id, or by the beginning of the address. Uses index: user_email_prefix."""
        term = search_term.strip().lower()
        if not term:
            return queryset, False
        try:
            return queryset.filter(pk=UUID(term)), False
        except ValueError:
            return queryset.filter(email__startswith=term), False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who may enter, who is staff, and in which group, those decide who give roles; nobody about themselves."""
        fixed = tuple(self.readonly_fields)
        may = _gives_roles(request) and (obj is None or obj.pk != request.user.pk)
        return fixed if may else (*fixed, "is_active", "is_staff", "groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        """A moderator changes members, not other moderators."""
        if obj is not None and obj.is_superuser and not _is_superuser(request):
            return False
        if obj is not None and obj.is_staff and not _gives_roles(request):
            return False
        return super().has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        """Only the columns that changed: others may not even be named. Whoever is shut out is signed out."""
        columns = [name for name in form.changed_data if name != "groups"]
        if columns:
            obj.save(update_fields=columns)
        if "display_name" in columns:
            tell_renamed_on_commit(user_id=obj.pk, name=obj.display_name)
        if "is_active" in columns and not obj.is_active:
            end_all_sessions(user_id=obj.pk, reason=EndReason.REVOKED, now=utc_now())


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin[Session]):
    """A device that is signed in. Its digest isn't readable here."""

    readable = (
        "id", "device_id", "generation", "rotated_at", "created_at", "last_used_at", "expires_at", "ended_at",
        "end_reason", "user__display_name", "user__email",
    )  # fmt: skip
    related = ("user",)
    list_display = (
        "id",
        "user",
        "device_id",
        "created_at",
        "last_used_at",
        "expires_at",
        "ended_at",
        "end_reason",
    )
    search_fields = ("pk", "user__email", "user")
    search_help_text = "An e-mail address, or the id of a session or a person"
    filter_keys = ("user",)
    fields = (
        ("id", "user", "device_id"),
        ("created_at", "last_used_at", "expires_at"),
        ("generation", "rotated_at"),
        ("ended_at", "end_reason"),
    )


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin[Block]):
    """Who blocked whom. Which anonymous member somebody blocked would tell who meets whom, so it isn't here."""

    readable = ("id", "created_at", "blocker__display_name", "blocker__email", "blocked__display_name", "blocked__email")  # fmt: skip
    related = ("blocker", "blocked")
    list_display = ("id", "blocker", "blocked_person", "created_at")
    search_fields = ("pk", "blocker__email", "blocked__email", "blocker", "blocked")
    search_help_text = "An e-mail address, or the id of a block or a person"
    filter_keys = ("blocker",)
    fields = (("blocker", "blocked_person"), "created_at")

    @admin.display(description="Blocked")
    def blocked_person(self, row: Block) -> str:
        return str(row.blocked) if row.blocked else "an anonymous member"


def _gives_roles(request: HttpRequest) -> bool:
    """Upper apps give this permission to a group; PostgreSQL judges as well."""
    return request.user.has_perm("auth.change_group")


def _is_superuser(request: HttpRequest) -> bool:
    return bool(getattr(request.user, "is_superuser", False))
