"""Background work: that it waits, runs or failed."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.http import HttpRequest, HttpResponseRedirect
from django.urls import reverse
from procrastinate.contrib.django.models import ProcrastinateJob

from prayermap.lib.admin import ReadOnlyAdmin

admin.site.unregister(ProcrastinateJob)


@admin.register(ProcrastinateJob)
class JobAdmin(ReadOnlyAdmin[ProcrastinateJob]):
    """A list without pages: a job's arguments and locks name people and what they did, and aren't readable here."""

    notice = "What a job is about isn't shown: its arguments would tell what people did."
    readable = ("id", "queue_name", "task_name", "priority", "status", "scheduled_at", "attempts")
    list_display = ("id", "task_name", "queue_name", "status", "attempts", "scheduled_at", "priority")
    list_display_links = None
    search_help_text = "The number of a job"

    def change_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        return HttpResponseRedirect(reverse("admin:procrastinate_procrastinatejob_changelist"))

    def history_view(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseRedirect:
        return self.change_view(request)
