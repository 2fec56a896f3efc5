"""People in the admin site: few columns may be written, and only those are."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from accounts.models import Block, Session, User


class ReadOnlyAdmin(admin.ModelAdmin[Any]):
    """Rows that only the product itself makes, changes and deletes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


@admin.register(User)
class UserAdmin(admin.ModelAdmin[User]):
    """A person. Accounts are made by registration, moderators by membership of the group, superusers by command."""

    list_display = (
        "display_name",
        "email",
        "is_staff",
        "is_active",
        "suspended_until",
        "banned_at",
        "created_at",
    )
    list_filter = ("is_staff", "is_active")
    search_fields = ("email",)
    search_help_text = "The beginning of an e-mail address"
    ordering = ("-id",)
    show_full_result_count = False
    fields = (
        ("display_name", "email"),
        "timezone",
        ("is_active", "is_staff", "is_superuser"),
        "groups",
        ("suspended_until", "banned_at", "suspension_reason_code"),
        ("created_at", "last_login"),
    )
    filter_horizontal = ("groups",)
    #: What the database role of the admin site may not write (see sql/0002_access), or services must.
    readonly_fields = (
        "email", "is_superuser", "suspended_until", "banned_at", "suspension_reason_code", "created_at", "last_login",
    )  # fmt: skip

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[User], search_term: str
    ) -> tuple[QuerySet[User], bool]:
        """By the beginning of the address. Uses index: user_email_prefix."""
        term = search_term.strip().lower()
        return (queryset.filter(email__startswith=term) if term else queryset), False

    def get_readonly_fields(self, request: HttpRequest, obj: User | None = None) -> tuple[str, ...]:
        """Who is staff, and in which group, a superuser decides."""
        fixed = tuple(self.readonly_fields)
        return fixed if getattr(request.user, "is_superuser", False) else (*fixed, "is_staff", "groups")

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: User | None = None) -> bool:
        return False

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:  # noqa: FBT001
        """Only the columns that changed: others may not even be named."""
        columns = [name for name in form.changed_data if name != "groups"]
        if columns:
            obj.save(update_fields=columns)


@admin.register(Session)
class SessionAdmin(ReadOnlyAdmin):
    """A device that is signed in. Its digest isn't readable here."""

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
    list_select_related = ("user",)
    list_filter = ("end_reason",)
    search_fields = ("=user__email", "=id")
    ordering = ("-id",)
    show_full_result_count = False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Session]:
        return super().get_queryset(request).defer("refresh_digest")


@admin.register(Block)
class BlockAdmin(ReadOnlyAdmin):
    """Who blocked whom."""

    list_display = ("id", "blocker", "blocked", "blocked_member", "created_at")
    list_select_related = ("blocker", "blocked")
    search_fields = ("=blocker__email", "=blocked__email")
    ordering = ("-id",)
    show_full_result_count = False
