"""Addresses below /api/v1/."""

from __future__ import annotations

from django.urls import path

from messaging.api import (
    attachments,
    catchup,
    conversations,
    description,
    members,
    message,
    message_following,
    message_marks,
    messages,
    prayers,
    queue,
    search,
)
from prayermap.lib.http.problems import only_reading

_ONE = "conversations/<uuid:conversation_id>/"
_MESSAGE = f"{_ONE}messages/<int:seq>/"

urlpatterns = [
    path("conversations/", conversations.ConversationList.as_view()),
    path(_ONE, conversations.ConversationDetail.as_view()),
    path(f"{_ONE}me/", conversations.MyMemberDetail.as_view()),
    path(f"{_ONE}join/", conversations.Join.as_view()),
    path(f"{_ONE}accept/", conversations.Accept.as_view()),
    path(f"{_ONE}decline/", conversations.Decline.as_view()),
    path(f"{_ONE}members/", members.MemberList.as_view()),
    path(f"{_ONE}members/<uuid:member_id>/", members.MemberDetail.as_view()),
    path(f"{_ONE}messages/", messages.MessageList.as_view()),
    path(_MESSAGE, message.MessageDetail.as_view()),
    path(f"{_MESSAGE}anonymise/", message.Anonymise.as_view()),
    path(f"{_MESSAGE}revisions/", message.Revisions.as_view()),
    path(f"{_MESSAGE}reactions/<str:emoji>/", message_marks.Reaction.as_view()),
    path(f"{_MESSAGE}thread/", message_following.Thread.as_view()),
    path(f"{_MESSAGE}delivery/", message_following.DeliveryList.as_view()),
    path(f"{_MESSAGE}forward/", message_following.Forward.as_view()),
    path(f"{_MESSAGE}star/", message_marks.Star.as_view()),
    path(f"{_MESSAGE}pin/", message_marks.Pin.as_view()),
    path(f"{_ONE}receipts/", messages.Receipts.as_view()),
    path(f"{_ONE}typing/", messages.Typing.as_view()),
    path(f"{_ONE}prayer-update/", prayers.PrayerUpdateView.as_view()),
    path("prayers/<uuid:prayer_id>/conversation/", prayers.PrayerConversation.as_view()),
    path(f"{_ONE}changes/", catchup.ChangesView.as_view()),
    path("messages/search/", search.Search.as_view()),
    path("queue/", queue.QueueList.as_view()),
    path("queue/<uuid:item_id>/", queue.QueueDetail.as_view()),
    path("sync/", catchup.Sync.as_view()),
    path("attachments/", attachments.AttachmentList.as_view()),
    path("attachments/<uuid:attachment_id>/", attachments.AttachmentDetail.as_view()),
    path("attachments/<uuid:attachment_id>/file/", attachments.AttachmentFile.as_view()),
    path("attachments/<uuid:attachment_id>/thumbnail/", attachments.AttachmentThumbnail.as_view()),
    path("asyncapi.json", only_reading(description.asyncapi_json)),
    path("asyncapi/", only_reading(description.asyncapi_page)),
]
