"""A line of the table: the number of a requirement, our words for it, and tests by short names of their files."""

from __future__ import annotations

from tests.requirements.table import Line


def line(number: str, words: str, *tests: str) -> Line:
    return Line(number, words, [_whole(test) for test in tests])


#: Short names of the files that are named most.
_FILES = {
    "shapes": "isolation/test_shapes.py",
    "grants": "isolation/test_grants.py",
    "insights": "moderation/test_insights.py",
    "signals": "moderation/test_signals.py",
    "console": "moderation/test_console.py",
    "reports": "moderation/test_api_reports.py",
    "staff": "moderation/test_sql_staff.py",
    "erasing": "moderation/privacy/test_erasing.py",
    "erasure": "moderation/privacy/test_api_erasure.py",
    "purge": "moderation/privacy/test_purge_user.py",
    "residue": "moderation/privacy/test_residue.py",
    "talks": "messaging/test_api_conversations.py",
    "list": "messaging/test_api_conversation_list.py",
    "send": "messaging/test_api_messages.py",
    "batch": "messaging/test_sql_sending.py",
    "extras": "messaging/test_sql_sending_extras.py",
    "rivals": "messaging/test_sql_rivals.py",
    "rules": "messaging/test_sql_constraints.py",
    "marks": "messaging/test_api_receipts.py",
    "history": "messaging/test_api_history.py",
    "typing": "messaging/test_api_typing.py",
    "members": "messaging/test_api_members.py",
    "groups": "messaging/test_api_open_groups.py",
    "catchup": "messaging/test_api_catchup.py",
    "counts": "messaging/test_query_counts.py",
    "live": "messaging/realtime/test_delivery.py",
    "live-typing": "messaging/realtime/test_typing.py",
    "live-marks": "messaging/realtime/test_receipts.py",
    "frames": "messaging/realtime/test_frames.py",
    "quiet": "messaging/realtime/test_client_state.py",
    "rls": "isolation/test_rls.py",
    "matrix": "isolation/test_endpoints.py",
    "prayers": "prayers/test_api_prayers.py",
    "responses": "prayers/test_api_responses.py",
    "about": "prayers/test_conversations.py",
    "updates": "prayers/test_updates.py",
    "map": "prayers/test_api_map.py",
    "live-map": "prayers/realtime/test_map.py",
    "notices": "prayers/test_notices.py",
    "edit": "messaging/test_api_editing.py",
    "delete": "messaging/test_api_deleting.py",
    "react": "messaging/test_api_reacting.py",
    "follow": "messaging/test_api_following.py",
    "files": "messaging/test_api_attachments.py",
    "downloads": "messaging/test_api_attachment_files.py",
    "queue": "messaging/test_api_queue.py",
    "queue-order": "messaging/test_queue_order.py",
    "inbox": "notifications/test_api_inbox.py",
    "closing": "notifications/test_closing.py",
    "push": "notifications/test_push.py",
    "archive": "moderation/test_archive.py",
    "anonymity": "isolation/test_anonymity.py",
    "leaks": "messaging/realtime/test_leaks.py",
    "changing": "messaging/realtime/test_changing.py",
    "requests": "messaging/test_api_message_requests.py",
    "months": "messaging/test_services_partitions.py",
    "plans": "plans/test_plans.py",
    "migrations": "test_migrations.py",
    "database": "test_support_database.py",
}


def _whole(test: str) -> str:
    file, name = test.split("::")
    return f"{_FILES.get(file, file)}::test_{name}"
