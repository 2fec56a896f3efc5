"""The pages of an export: to be read in any browser, with nothing loaded from elsewhere."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from messaging.schemas.conversations import Conversation

#: What each file below data/ holds.
LABELS = {
    "accounts_user": "Your profile",
    "accounts_session": "Devices on which you are signed in",
    "accounts_block": "Whom you have blocked",
    "client_key": "Requests of your apps that are remembered for 30 days",
    "accounts_user_groups": "Groups of the staff that you belong to",
    "accounts_user_user_permissions": "Rights that were given to you",
    "appeal": "Your appeals",
    "attachment": "Files that you sent",
    "account_emailaddress": "Your e-mail addresses",
    "account_emailconfirmation": "Mails that asked you to confirm an address",
    "delivery_state": "When you were last told of something",
    "delivery_status": "When messages reached you and were read",
    "django_admin_log": "Changes that were made to your account by the staff",
    "django_session": "Browsers in which you are signed in",
    "erasure_request": "Your requests to be erased",
    "export_request": "Your requests for a copy like this one",
    "memorial_connection": "Lines of the map that end where you said",
    "memorial_end": "Prayers that you answered",
    "mention": "Where you were mentioned",
    "message": "Everything you wrote, the anonymous too",
    "message_author": "Which anonymous messages are yours",
    "message_queue": "Your outbox",
    "message_revision": "What your messages said before you edited them",
    "mfa_authenticator": "Your second factors, without their secrets",
    "notification": "Your inbox",
    "notification_decision": "Why you were told of something, or not",
    "notification_preference": "What you want to be told of",
    "notification_settings": "When you want to be told",
    "participant": "Conversations that you are or were a member of, with your marks and settings",
    "personal_mark": "Messages that you starred, or deleted for yourself",
    "prayer": "Your prayers, the anonymous too",
    "prayer_author": "Which anonymous prayers are yours",
    "prayer_pair": "Conversations about prayers that you answered",
    "prayer_response": "Your responses to prayers, the anonymous too",
    "prayer_response_author": "Which anonymous responses are yours",
    "push_delivery": "What is on its way to your devices",
    "push_device": "Devices that are woken when something is for you",
    "reaction": "Your reactions",
    "report": "What you reported to the moderators",
    "sanction": "What moderators decided about you",
    "slow_mode_turn": "When you last wrote in a slow conversation",
}

_HEAD = """<!doctype html>
<html lang="en"><meta charset="utf-8"><meta name="viewport" content="width=device-width"><title>{}</title>
<style>body {{ font: 16px/1.5 sans-serif; max-width: 45rem; margin: 2rem auto; padding: 0 1rem }}
article {{ margin: 1rem 0 }} header {{ color: #555; font-size: .875rem }} p {{ white-space: pre-wrap; margin: 0 }}
.mine header {{ font-weight: bold }}</style>
<h1>{}</h1>
"""
FOOT = SafeString("</html>\n")


class Place(Protocol):
    """A conversation in the export."""

    @property
    def id(self) -> UUID: ...
    @property
    def title(self) -> str: ...
    @property
    def messages(self) -> int: ...


def head(title: str) -> str:
    return format_html(_HEAD, title, title)


def title_of(conversation: Conversation, me: UUID) -> str:
    """Its title, or who else is there."""
    others = ", ".join(member.name for member in conversation.members if member.id != me)
    return conversation.title or others or "A conversation"


def message(shown: Mapping[str, Any]) -> str:
    """One message as the person sees it today."""
    if shown["state"] == "removed":
        return format_html("<article><header>#{}</header><p><em>removed</em></p></article>\n", shown["seq"])
    words = shown["content"] if shown["state"] == "live" else f"[{shown['state']}]"
    file = (shown["attachment"] or {}).get("file")
    return format_html(
        '<article class="{}"><header>{} · {}{}</header><p>{}</p>{}{}</article>\n',
        "mine" if shown["is_mine"] else "theirs",
        shown["sender_name"],
        shown["created_at"],
        " · edited" if shown["is_edited"] else "",
        words or "",
        format_html("<p>{}</p>", str(shown["payload"])) if shown["payload"] else "",
        format_html('<p><a href="../{}">{}</a></p>', file, file) if file else "",
    )


def index(*, made_at: datetime, tables: Mapping[str, int], places: Iterable[Place], files: int) -> str:
    """The first page: what is in here, and what isn't."""
    rows = ((f"data/{table}.json", LABELS[table], count) for table, count in tables.items() if count)
    talks = ((f"conversations/{one.id}.html", one.title, one.messages) for one in places)
    line = '<li><a href="{}">{}</a> ({})</li>\n'
    return format_html(
        "{}<p>Made {} UTC.</p>\n<h2>Conversations, as you see them today</h2>\n<ul>{}</ul>\n"
        "<h2>All that is held of you</h2>\n<ul>{}</ul>\n<p>{} files of yours are in files/.</p>\n"
        "<p>Not in here: secrets with which you sign in, who stands behind others' anonymous words, who of the staff "
        "did what, and others' messages that you can't see.</p>\n{}",
        head("Your data"),
        f"{made_at:%Y-%m-%d %H:%M}",
        format_html_join("", line, talks),
        format_html_join("", line, rows),
        files,
        FOOT,
    )
