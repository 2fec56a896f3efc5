"""Prayers and responses in the admin site, as every member sees them.

Not shown at all: `PrayerAuthor` and `PrayerResponseAuthor`, the sealed tables. PostgreSQL grants them to nobody.
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.safestring import SafeString

from accounts.models import User
from prayermap.lib.admin import ReadOnlyAdmin, link, list_link
from prayers.models import Prayer, PrayerResponse
from prayers.places import degrees
from prayers.queries.prayers import SOMEONE

PUBLIC = "Prayers are for everybody who is signed in. Of an anonymous one nothing here tells who it is by."


def author_of(row: Prayer | PrayerResponse) -> SafeString | str:
    return link(User, row.author_id, row.author.display_name) if row.author else SOMEONE


@admin.register(Prayer)
class PrayerAdmin(ReadOnlyAdmin[Prayer]):
    """A prayer. Its author changes and deletes it."""

    notice = PUBLIC
    readable = (
        "id", "is_anonymous", "kind", "title", "body", "grid_latitude", "grid_longitude", "place_name", "status",
        "answered_at", "response_count", "prayed_count", "is_hidden", "created_at", "author__display_name",
    )  # fmt: skip
    related = ("author",)
    list_display = ("title", "by", "kind", "status", "place", "is_hidden", "created_at")
    search_fields = ("pk", "author")
    search_help_text = "The id of a prayer or of a person"
    filter_keys = ("author",)
    fields = (
        ("id", "by"),
        ("title", "kind"),
        "body",
        "place",
        ("status", "answered_at"),
        ("response_count", "prayed_count"),
        ("is_anonymous", "is_hidden", "created_at"),
        "lists",
    )

    @admin.display(description="By")
    def by(self, row: Prayer) -> SafeString | str:
        return author_of(row)

    @admin.display(description="Place")
    def place(self, row: Prayer) -> str:
        """To about a kilometre."""
        if row.grid_latitude is None or row.grid_longitude is None:
            return row.place_name or "-"
        return f"{row.place_name} {degrees(row.grid_latitude)}, {degrees(row.grid_longitude)}".strip()

    @admin.display(description="All of them")
    def lists(self, row: Prayer) -> SafeString:
        return list_link(PrayerResponse, "Responses", prayer=row.pk)


@admin.register(PrayerResponse)
class PrayerResponseAdmin(ReadOnlyAdmin[PrayerResponse]):
    """A response to a prayer."""

    notice = PUBLIC
    readable = (
        "id", "prayer_id", "is_anonymous", "kind", "content", "is_hidden", "created_at", "author__display_name",
    )  # fmt: skip
    related = ("author",)
    list_display = ("id", "by", "kind", "is_hidden", "created_at", "prayer_link")
    search_fields = ("pk", "prayer", "author")
    search_help_text = "The id of a response, of a prayer or of a person"
    filter_keys = ("prayer", "author")
    fields = (("id", "by"), "prayer_link", "kind", "content", ("is_anonymous", "is_hidden", "created_at"))

    @admin.display(description="By")
    def by(self, row: PrayerResponse) -> SafeString | str:
        return author_of(row)

    @admin.display(description="Prayer")
    def prayer_link(self, row: PrayerResponse) -> SafeString | str:
        return link(Prayer, row.prayer_id)
