"""What users of comparable systems complain about, from the list of lessons: those of erasure and moderation."""

from __future__ import annotations

from tests.requirements.naming import line

LESSONS = [
    line(
        "L21",
        "a file goes with its message",
        "delete::its_file_goes_with_it_unless_another_message_carries_it",
        "moderation/test_retention.py::files_go_with_their_messages",
    ),
    line(
        "L22",
        "earlier texts and quotes go with it, too",
        "delete::no_copy_of_the_text_survives_anywhere",
        "isolation/test_residue.py::a_deleted_text_is_nowhere",
    ),
    line(
        "L23",
        "erased is erased, and others' words stay",
        "residue::nothing_is_left_anywhere_of_somebody_erased",
        "erasing::others_words_are_untouched",
    ),
    line("L24", "what is gone is not found", "messaging/test_api_search.py::text_that_is_gone_is_not_found"),
    line(
        "L25",
        "a backup brings nobody back",
        "moderation/privacy/test_restore.py::somebody_erased_comes_back_with_a_backup_and_the_ledger_erases_them_again",
        "moderation/privacy/test_interrupted.py::ledger_has_its_entry_before_anything_is_destroyed",
    ),
    line(
        "L26",
        "the audit trail holds no personal data",
        "moderation/test_audit_verification.py::forgetting_a_person_leaves_the_chain_whole_and_their_name_nowhere",
    ),
    line(
        "L27",
        "deletion for age goes in small batches, and on where it was",
        "moderation/test_retention.py::a_killed_run_goes_on_where_it_was",
    ),
    line(
        "L28",
        "evidence stays as it was reported",
        "moderation/test_services_deciding.py::what_its_author_deletes_stays_in_the_evidence",
        "reports::a_message_that_changed_is_sealed_again_and_the_old_one_stays",
    ),
    line(
        "L29",
        "two moderators get a conflict, lose nothing, and every step is recorded",
        "moderation/test_services_deciding.py::a_second_moderator_meets_a_conflict_not_an_overwrite",
        "browser/test_cases.py::two_at_once_get_one_conflict_and_lose_no_note",
        "moderation/test_services_deciding.py::each_step_is_in_the_audit_trail",
    ),
    line(
        "L30",
        "strangers ask first, and an invitation can be reported",
        "requests::a_stranger_sends_three_messages_until_accepted",
        "reports::a_conversation_is_reported_and_an_invitation",
    ),
    line(
        "L31",
        "who is removed, signed out or suspended hears nothing more",
        "messaging/realtime/test_ends.py::removed_member_gets_nothing_of_what_is_said_later",
        "messaging/realtime/test_ends.py::signing_out_ends_the_sessions_sockets_within_a_second",
        "messaging/realtime/test_moderating.py::whoever_is_suspended_or_banned_hears_nothing_more",
    ),
    line(
        "L32",
        "a ticket opens one socket, and other origins none",
        "messaging/realtime/test_handshake.py::ticket_opens_one_socket_and_no_second",
        "messaging/realtime/test_handshake.py::page_of_another_origin_is_refused",
    ),
    line(
        "L33",
        "a limit says how long to wait",
        "frames::messages_above_the_rate_are_refused_over_socket_and_rest_together",
        "frames::frames_above_the_rate_are_refused_with_the_time_to_wait",
    ),
    line(
        "L34",
        "anonymity doesn't leak sideways",
        "anonymity::nothing_tells_what_was_written_together",
        "leaks::sarah_is_nowhere_in_what_grace_is_told",
    ),
    line(
        "L35",
        "lists of the console count nothing",
        "moderation/test_lists.py::no_list_counts_and_none_selects_columns_it_may_not_read",
        "console::the_queue_pages_by_key_counts_nothing_and_takes_few_queries",
    ),
]
