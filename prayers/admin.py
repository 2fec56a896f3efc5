"""Prayers and responses in the admin site, as every member sees them.

Not shown at all: `PrayerAuthor`, `PrayerResponseAuthor` and `MemorialEnd`, the sealed tables. PostgreSQL grants them to nobody.
"""

from __future__ import annotations

from django.contrib import admin
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from prayermap.lib.admin import ReadOnlyAdmin, link, list_link
from prayers.models import MemorialConnection, Prayer, PrayerResponse
from prayers.places import degrees
from prayers.queries.prayers import SOMEONE

PUBLIC = "Prayers are for everybody who is signed in. Of an anonymous one nothing here tells who it is by."


def _degrees(latitude: int | None, longitude: int | None) -> str:
    return "-" if latitude is None or longitude is None else f"{degrees(latitude)}, {degrees(longitude)}"


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
        return f"{row.place_name} {_degrees(row.grid_latitude, row.grid_longitude)}".strip()

    @admin.display(description="All of them")
    def lists(self, row: Prayer) -> SafeString:
        responses = list_link(PrayerResponse, "Responses", prayer=row.pk)
        return format_html("{} · {}", responses, list_link(MemorialConnection, "Lines", prayer=row.pk))


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


@admin.register(MemorialConnection)
class MemorialConnectionAdmin(ReadOnlyAdmin[MemorialConnection]):
    """A memorial line of the map. Who answered at its end is nowhere here."""

    notice = "Places are rounded to about a kilometre, times to the hour."
    readable = (
        "id", "prayer_id", "from_latitude", "from_longitude", "to_latitude", "to_longitude", "is_shown", "created_at",
        "expires_at",
    )  # fmt: skip
    list_display = ("id", "prayer_link", "begins", "ends", "is_shown", "created_at", "expires_at")
    search_fields = ("pk", "prayer")
    search_help_text = "The id of a line or of a prayer"
    filter_keys = ("prayer",)
    fields = (("id", "prayer_link"), ("begins", "ends"), ("is_shown", "created_at", "expires_at"))

    @admin.display(description="Prayer")
    def prayer_link(self, row: MemorialConnection) -> SafeString | str:
        return link(Prayer, row.prayer_id)

    @admin.display(description="From")
    def begins(self, row: MemorialConnection) -> str:
        return _degrees(row.from_latitude, row.from_longitude)

    @admin.display(description="To")
    def ends(self, row: MemorialConnection) -> str:
        return _degrees(row.to_latitude, row.to_longitude)
