"""Conversations and their members."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import UNSET, Meta, UnsetType

KindName = Literal["prayer_response", "direct_message", "group_prayer", "prayer_support"]
RoleName = Literal["owner", "admin", "member"]
StateName = Literal["invited", "requested", "active", "left", "removed"]
LevelName = Literal["all", "mentions", "none"]
Title = Annotated[str, Meta(max_length=200)]  # checked as a name (1 to 100) after normalisation
#: With an offset: nine o'clock alone is no moment.
Moment = Annotated[datetime, Meta(tz=True)]
Description = Annotated[str, Meta(max_length=2_000)]


class Member(msgspec.Struct):
    """Somebody in a conversation, as the others there see them. An anonymous member has no user."""

    id: UUID
    name: str
    user: UUID | None
    role: RoleName
    state: StateName
    is_anonymous: bool


class InvitedMember(Member, kw_only=True):
    """The answer to an invitation; `duplicate` where nobody was invited by it: they are there already."""

    duplicate: bool


class MyMember(msgspec.Struct):
    """Oneself in a conversation. `anonymity_set`: how many others are active, among whom one could hide."""

    id: UUID
    role: RoleName
    state: StateName
    is_anonymous: bool
    read_seq: int
    delivered_seq: int
    muted_until: datetime | None
    pinned_at: datetime | None
    archived_at: datetime | None
    notification_level: LevelName
    marked_unread: bool
    anonymity_set: int


class LatestMessage(msgspec.Struct):
    preview: str | None
    sender: UUID | None
    sender_name: str
    type: str
    created_at: datetime


class Conversation(msgspec.Struct, kw_only=True):
    """A conversation. In frames for everybody the personal parts are left out: clients keep their own."""

    id: UUID
    kind: KindName
    title: str
    description: str
    prayer: UUID | None
    is_private: bool
    requires_approval: bool
    #: False: moderators have closed it to writing.
    is_active: bool
    disappear_after_s: int | None
    slow_mode_s: int
    is_frozen: bool
    members: list[Member]
    member_count: int
    rev: int
    epoch: int
    latest_seq: int
    latest_message: LatestMessage | None
    created_at: datetime
    unread_count: int | UnsetType = UNSET
    mention_count: int | UnsetType = UNSET
    my_member: MyMember | UnsetType = UNSET


class CreatedConversation(Conversation, kw_only=True):
    """The answer to a POST; `duplicate` when it was there already."""

    duplicate: bool


class ConversationPage(msgspec.Struct):
    """Own conversations, latest activity first."""

    results: list[Conversation]
    next: str | None
    previous: str | None


class MemberPage(msgspec.Struct):
    results: list[Member]
    next: str | None
    previous: str | None


class CreateConversation(msgspec.Struct, forbid_unknown_fields=True):
    """A new conversation. Everybody in `members` is invited; `direct_message` takes exactly one."""

    kind: KindName
    members: Annotated[list[UUID], Meta(max_length=100)] = []
    title: Title | None = None
    description: Description = ""
    prayer: UUID | None = None
    is_private: bool = True
    requires_approval: bool = False
    is_anonymous: bool = False
    client_id: UUID | None = None


class OpenPrayerConversation(msgspec.Struct, forbid_unknown_fields=True):
    """The first words to a prayer's author. `latitude` and `longitude`, together and only if one wishes, are where
    the memorial line ends; they are rounded to about a kilometre before anything is stored.
    """

    content: Annotated[str, Meta(max_length=10_000)]
    is_anonymous: bool = False
    latitude: Annotated[float, Meta(ge=-90, le=90)] | None = None
    longitude: Annotated[float, Meta(ge=-180, le=180)] | None = None
    client_id: UUID | None = None


class PatchConversation(msgspec.Struct, forbid_unknown_fields=True):
    """Settings of a group; of two people, either may let what is written from now on disappear."""

    title: Title | UnsetType = UNSET
    description: Description | UnsetType = UNSET
    is_private: bool | UnsetType = UNSET
    requires_approval: bool | UnsetType = UNSET
    #: From a minute to a year; null: messages stay.
    disappear_after_s: Annotated[int, Meta(ge=60, le=31_536_000)] | UnsetType | None = UNSET
    #: Seconds between two messages of a member who is no admin; 0: any number.
    slow_mode_s: Annotated[int, Meta(ge=0, le=3_600)] | UnsetType = UNSET
    #: Only admins may write.
    is_frozen: bool | UnsetType = UNSET


class PatchMyMember(msgspec.Struct, forbid_unknown_fields=True):
    """Settings of one's own; seen by nobody else."""

    muted_until: Moment | UnsetType | None = UNSET
    pinned: bool | UnsetType = UNSET
    archived: bool | UnsetType = UNSET
    notification_level: LevelName | UnsetType = UNSET
    #: Put back among the unread, until something is marked as read.
    marked_unread: bool | UnsetType = UNSET


class InviteMember(msgspec.Struct, forbid_unknown_fields=True):
    user: UUID
    client_id: UUID | None = None


class PatchMember(msgspec.Struct, forbid_unknown_fields=True):
    """A new role, or `state: "active"` to approve a request to join."""

    role: RoleName | UnsetType = UNSET
    state: Literal["active"] | UnsetType = UNSET
