"""Groups, and the log of this site."""

from __future__ import annotations

from django.contrib import admin
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import Group

from prayermap.lib.admin import ReadOnlyAdmin

admin.site.unregister(Group)


@admin.register(Group)
class GroupAdmin(ReadOnlyAdmin[Group]):
    """Who is in one stands on the person's page; what it may do comes with the code."""

    list_display = ("name",)
    fields = ("name", "permissions")
    search_fields = ("pk", "name")
    search_help_text = "The whole name of a group"


@admin.register(LogEntry)
class LogEntryAdmin(ReadOnlyAdmin[LogEntry]):
    """Changes made through this site: who, when, which columns of which row."""

    readable = (
        "action_time", "object_id", "action_flag", "change_message", "content_type__app_label", "content_type__model",
        "user__display_name", "user__email",
    )  # fmt: skip
    related = ("user", "content_type")
    list_display = ("action_time", "user", "content_type", "object_id", "action_flag")
    search_fields = ("user__email", "user")
    search_help_text = "The e-mail address or id of whoever made a change"
    fields = ("action_time", "user", ("content_type", "object_id"), ("action_flag", "change_message"))
