"""What must not come back (D…), and what performance and security were asked to be, each with its tests."""

from __future__ import annotations

from tests.requirements.naming import line
from tests.requirements.table import Line

PERFORMANCE = [
    line(
        "76",
        "one's active conversations from an index",
        "counts::the_list_of_conversations",
        "plans::no_hot_path_reads_a_whole_month",
    ),
    line(
        "77",
        "pages of history from an index, by number",
        "history::history_pages_both_ways_and_its_links_lead_on",
        "plans::no_hot_path_reads_a_whole_month",
    ),
    line("78", "what is unread from marks", "list::unread_is_exact_to_999_and_without_ones_own_and_deleted"),
    line(
        "79",
        "typing ends by itself, without rows to clean up",
        "typing::typing_ends_when_told_when_sent_and_by_itself",
    ),
    line(
        "80",
        "the list of conversations with the newest message and what is unread, for each member",
        "list::latest_message_and_counts_follow_what_one_may_see",
        "counts::the_list_of_conversations",
    ),
    line(
        "81",
        "the list as it is now, not as it was",
        "list::the_list_has_the_latest_activity_first_and_pages",
        "list::latest_message_and_counts_follow_what_one_may_see",
    ),
    line(
        "82",
        "history, newest first, 50 at a time, for who may see it",
        "history::history_pages_both_ways_and_its_links_lead_on",
        "history::a_late_joiner_sees_from_their_time_on_and_no_quote_from_before",
        "counts::a_page_of_history",
    ),
]

SECURITY = [
    line(
        "90",
        "row security on every table",
        "rls::every_table_of_the_apps_is_looked_at",
        "rls::select_shows_only_rows_of_ones_own",
    ),
    line(
        "91",
        "conversations for their members",
        "rls::nothing_of_the_group_is_seen_from_outside",
        "matrix::everybody_is_answered_as_they_should_be",
    ),
    line("92", "messages for members", "rls::messages_are_not_seen_before_one_is_in"),
    line(
        "93",
        "written as oneself, where one is",
        "rls::nobody_lets_themselves_in_or_writes_for_another",
        "batch::the_author_of_a_members_send_is_who_acts_whatever_the_request_says",
    ),
    line("94", "edited by its author", "edit::only_its_author_edits_it"),
    line(
        "95",
        "typing, receipts, outbox: one's own",
        "rls::select_shows_only_rows_of_ones_own",
        "typing::typing_is_for_active_members",
        "marks::marks_are_for_active_members",
        "queue::outbox_is_ones_own_and_paged",
    ),
    line(
        "98",
        "moderators act on what was reported, under their own role",
        "staff::staff_may_not",
        "staff::words_are_read_by_looking_only",
    ),
    line(
        "99",
        "the text of one's own message can be taken away",
        "delete::a_deleted_message_leaves_a_tombstone",
        "delete::no_copy_of_the_text_survives_anywhere",
    ),
    line(
        "100",
        "a person is erased with proof; what cannot go stands in the certificate",
        "residue::nothing_is_left_anywhere_of_somebody_erased",
        "purge::certificate_lists_what_went_what_stays_and_holds_when_it_is_verified",
    ),
    line(
        "101",
        "row security everywhere, and grants to nobody by default",
        "grants::nothing_is_granted_by_default",
        "grants::no_role_of_requests_passes_by_row_level_security_or_owns_anything",
    ),
]

MIGRATION = [
    line(
        "110",
        "migrations forwards and back, each SQL file with its reverse",
        "migrations::forwards_back_to_nothing_and_forwards_again",
        "migrations::every_sql_file_has_its_reverse_beside_it",
    ),
    line(
        "111",
        "a send and what it tells",
        "send::a_sent_message_is_201_and_what_both_read",
        "extras::one_notification_is_opened_and_stays_the_same_until_it_is_read",
    ),
]

INSTALLS = [
    line(
        "D1", "unread is counted from marks", "list::unread_is_exact_to_999_and_without_ones_own_and_deleted"
    ),
    line("D2", "typing is no table", "typing::typing_ends_when_told_when_sent_and_by_itself"),
    line(
        "D3",
        "months of messages hold together",
        "rules::a_number_stands_once_in_a_month",
        "months::two_months_back_and_some_ahead_are_made_once",
    ),
    line(
        "D4",
        "a month is guarded as its parent is",
        "months::a_new_month_has_its_own_guard_and_no_grant",
        "grants::partitions_are_secured_and_granted_to_nobody",
    ),
    line(
        "D5",
        "months are made ahead of time, not while a message is sent",
        "months::two_at_once_make_each_month_once",
        "months::the_turn_of_the_year",
        "batch::a_missing_month_refuses_and_leaves_no_hole",
    ),
    line(
        "D6",
        "messages live in those months",
        "archive::members_read_on_into_the_archive_and_nothing_is_lost_or_doubled",
    ),
    line(
        "D7",
        "tests assert as members and leave nothing behind",
        "database::logins_are_those_of_production",
        "database::committed_rows_are_gone_in_the_next_test_and_migrated_ones_stay",
    ),
    line("D8", "slow statements by the names that PostgreSQL has", "insights::slow_statements"),
    line(
        "D9",
        "use of indexes by the names that PostgreSQL has",
        "insights::the_use_of_indexes_months_taken_together",
    ),
    line(
        "D10",
        "migrations can be taken back and run again",
        "migrations::forwards_back_to_nothing_and_forwards_again",
        "accounts/test_migrations.py::every_sql_file_can_be_taken_back_and_run_again",
    ),
    line(
        "D11",
        "each kind of notification can be written",
        "extras::one_notification_is_opened_and_stays_the_same_until_it_is_read",
        "inbox::mention_is_told_beside_the_messages",
    ),
]

SEND_PATH = [
    line("D12", "nothing is refreshed by a send", "counts::a_send"),
    line(
        "D13",
        "a send waits for no other conversation",
        "batch::a_batch_of_fifty_is_one_statement",
        "counts::a_batch_of_fifty_sends_is_one_round_trip",
    ),
    line(
        "D14",
        "the list shows the message that was sent last",
        "list::latest_message_and_counts_follow_what_one_may_see",
    ),
    line("D15", "unread is one's own", "list::unread_is_exact_to_999_and_without_ones_own_and_deleted"),
    line(
        "D16",
        "no view passes by row security",
        "anonymity::an_anonymous_member_is_found_by_themselves_only",
        "rls::nothing_of_the_group_is_seen_from_outside",
    ),
    line(
        "D17",
        "requests need no more than the rights of their role",
        "database::logins_are_those_of_production",
    ),
    line(
        "D21",
        "verses, places, cards and updates can be sent",
        "send::every_type_that_needs_no_attachment_is_accepted_unchanged",
        "about::the_first_message_is_a_card_and_the_author_is_asked_in",
        "updates::an_update_is_a_message_of_the_author",
    ),
    line(
        "D22",
        "a text has a greatest length and stands in no index",
        "send::ten_thousand_characters_are_kept_and_one_more_refused",
    ),
    line(
        "D23",
        "nobody writes as somebody else",
        "batch::the_author_of_a_members_send_is_who_acts_whatever_the_request_says",
        "grants::the_batch_functions_are_the_writers_alone",
    ),
    line(
        "D24",
        "no function takes the person who acts",
        "grants::no_definer_function_takes_the_person_who_acts",
    ),
    line(
        "D25",
        "definer functions fix their search path",
        "grants::every_definer_function_fixes_its_search_path",
    ),
    line(
        "D26",
        "a message that is sent again is the same",
        "send::the_same_client_id_is_200_and_another_body_409",
        "rivals::eight_rivals_with_the_same_ids_leave_neither_hole_nor_double",
    ),
    line(
        "D27",
        "order is a number without holes, taken under a lock",
        "rivals::eight_rivals_with_the_same_ids_leave_neither_hole_nor_double",
        "live::every_socket_of_two_processes_sees_every_rev_once_and_in_order",
    ),
    line(
        "D28",
        "pages lose nothing of what was written together",
        "queue-order::positions_follow_the_order_of_requests",
        "catchup::paging_through_all_changes_gives_what_is_there",
    ),
    line(
        "D29",
        "delivered is what a device has said",
        "marks::every_message_of_others_gets_a_row_that_reading_completes",
    ),
    line("D30", "receipts leave rows", "marks::every_message_of_others_gets_a_row_that_reading_completes"),
    line(
        "D31",
        "an answer is to a message of this conversation",
        "send::a_message_that_cannot_be_is_400_with_its_field",
        "send::a_reply_quotes_what_the_reader_may_see",
    ),
    line(
        "D32",
        "mentions are members, and are told",
        "send::mentions_are_active_members_of_this_very_conversation",
        "inbox::mention_is_told_beside_the_messages",
    ),
    line(
        "D33",
        "closed is closed, approval and blocks hold",
        "batch::every_outcome_stands_in_one_batch_and_none_fails_its_neighbours",
        "groups::an_admin_approves_who_asked_to_join",
        "talks::a_block_either_way_refuses_a_direct_conversation",
    ),
    line(
        "D34",
        "anonymous is true or false",
        "frames::message_send_refuses_what_does_not_fit_and_names_the_field",
        "rules::a_message_that_may_not_be_is_refused_by_name",
    ),
    line(
        "D35",
        "a space is no text",
        "messaging/test_sql_text.py::everything_that_unicode_calls_empty_is_blank",
    ),
]

RECEIPTS_AND_TYPING = [
    line(
        "D42",
        "a thousand readers are a thousand marks, not rows in a message",
        "counts::a_receipt",
        "marks::larger_conversations_answer_by_marks_alone",
        "marks::one_advance_writes_the_newest_thousand_rows",
    ),
    line(
        "D43",
        "a mark is a number that is always there",
        "marks::marks_move_forward_only_and_read_implies_delivered",
    ),
    line("D44", "read up to", "marks::marks_move_forward_only_and_read_implies_delivered"),
    line(
        "D45",
        "reading can be kept to oneself",
        "marks::who_does_not_share_receipts_leaves_no_row",
        "live-marks::who_shares_no_receipts_tells_only_their_own_devices",
    ),
    line("D46", "nobody writes another's marks", "rls::nothing_is_written_past_the_functions"),
    line(
        "D47",
        "others see who types",
        "typing::others_see_who_types_and_until_when",
        "live-typing::typing_is_told_to_the_others_as_a_whole_list",
    ),
    line("D48", "typing ends and says so", "live-typing::typing_ends_by_itself_after_ten_seconds"),
    line("D49", "keystrokes write nothing to disk", "live-typing::repeated_start_is_not_told_again"),
    line(
        "D50",
        "typing is a frame, never a notification",
        "live-typing::typing_is_told_to_the_others_as_a_whole_list",
    ),
    line("D51", "a message stays in its conversation", "rls::nothing_is_written_past_the_functions"),
    line(
        "D52",
        "members don't write each other's membership",
        "rls::nobody_lets_themselves_in_or_writes_for_another",
        "members::removing_is_for_admins_and_of_admins_for_owners",
    ),
    line(
        "D53",
        "strangers ask, within limits",
        "requests::a_stranger_sends_three_messages_until_accepted",
        "talks::more_invitations_a_day_than_allowed_are_429",
    ),
]

INTEGRITY = [
    line(
        "D67",
        "two real people at least",
        "talks::a_conversation_that_cannot_be_is_400_with_its_field",
        "talks::oneself_and_one_person_twice_are_400",
        "rules::every_other_table_refuses_what_may_not_be",
    ),
    line(
        "D68",
        "one conversation of a pair, and of a pair and a prayer",
        "talks::a_pair_has_one_direct_conversation_whoever_opens_it",
        "about::two_requests_at_once_open_one_conversation_with_one_card_and_one_line",
        "rules::one_pair_has_one_conversation",
    ),
    line(
        "D69",
        "a prayer with conversations can be deleted",
        "about::a_deleted_prayer_leaves_its_conversations_without_its_words",
    ),
    line(
        "D70",
        "no NULL passes a check",
        "rules::a_message_that_may_not_be_is_refused_by_name",
        "rules::every_other_table_refuses_what_may_not_be",
    ),
    line(
        "D71", "nothing points at what isn't there", "archive::what_is_said_now_may_answer_what_is_archived"
    ),
    line(
        "D72",
        "what failed is tried again, later each time",
        "queue-order::tries_are_spaced_by_thirty_seconds_more_each_and_end_with_the_tenth",
    ),
    line(
        "D73",
        "two workers never send the same",
        "messaging/test_queue_killed.py::two_workers_killed_at_random_send_everything_once_and_in_order",
        "queue-order::what_one_worker_holds_no_other_gets",
    ),
    line("D74", "a claim is seen and bounded", "queue-order::a_claim_is_bounded"),
    line(
        "D75",
        "a device's messages keep their order",
        "queue-order::later_one_waits_for_an_earlier_one_of_the_same_device_and_conversation_only",
    ),
    line(
        "D76",
        "a device keeps its messages until they are acknowledged",
        "queue::repeated_request_is_answered_with_what_became_of_it",
        "kill/test_kill.py::message_of_an_unanswered_client_is_there_once_or_not_at_all",
    ),
    line(
        "D77",
        "tries end, what is done is forgotten, states are not the member's",
        "queue-order::message_that_kills_its_worker_ten_times_is_given_up",
        "queue::what_is_done_is_forgotten",
        "queue-order::members_cannot_read_leases_nor_change_states",
    ),
    line("D78", "history can be read", "history::history_pages_both_ways_and_its_links_lead_on"),
    line(
        "D79",
        "a page is for who asks, now, and names nobody anonymous",
        "matrix::everybody_is_answered_as_they_should_be",
        "leaks::sarah_is_nowhere_in_what_grace_is_told",
    ),
    line(
        "D80",
        "edits and deletions come since a position",
        "catchup::an_edit_shows_again_with_its_new_rev",
        "catchup::each_change_takes_one_rev_and_shows_once",
    ),
]

CLIENTS = [
    line(
        "D103",
        "figures of an empty system make sense",
        "insights::an_empty_system_has_figures_that_make_sense",
        "insights::the_response_rate_counts_responses",
    ),
    line("D104", "who goes is gone", "live::client_that_goes_mid_send_harms_nobody"),
    line(
        "D105",
        "a device hears each thing once",
        "live::every_socket_of_two_processes_sees_every_rev_once_and_in_order",
    ),
    line("D106", "a receipt is told when it moves", "live-marks::mark_that_does_not_move_is_not_told"),
    line(
        "D107",
        "edits, reactions and deletions are told",
        "changing::edit_is_answered_with_the_message_and_told_to_every_device",
        "changing::delete_for_all_leaves_a_tombstone_on_every_device",
        "messaging/realtime/test_reacting.py::state_built_from_frames_equals_rest",
    ),
    line(
        "D108",
        "what was missed is recovered",
        "messaging/realtime/test_lost_news.py::traffic_goes_on_whole_and_in_order_while_subscriptions_are_killed",
        "convergence/test_convergence.py::devices_rest_and_postgresql_agree_after_any_life",
    ),
    line("D109", "events come", "live::message_over_rest_reaches_all_devices_of_both"),
    line(
        "D110",
        "a message is read once for all who hear it",
        "counts::a_batch_of_fifty_sends_is_one_round_trip",
    ),
    line(
        "D111",
        "a client says that it is low, and hears less",
        "quiet::quiet_clients_get_a_batch_within_ten_seconds_without_typing",
        "quiet::second_word_from_a_client_replaces_the_first",
    ),
    line(
        "D112",
        "a sign-in is extended",
        "messaging/realtime/test_ends.py::socket_ends_with_its_sign_in_and_a_fresh_ticket_extends_it",
    ),
    line(
        "D113",
        "files are checked, limits hold, links end",
        "lib/media/test_hostile.py::hostile_files_are_refused",
        "downloads::a_link_ends",
        "matrix::everybody_is_answered_as_they_should_be",
    ),
    line(
        "D114",
        "who is anonymous is nowhere",
        "leaks::sarah_is_nowhere_in_what_grace_is_told",
        "anonymity::an_anonymous_member_is_found_by_themselves_only",
        "send::two_are_too_few_for_an_anonymous_message",
    ),
]

DEFECTS: dict[str, list[Line]] = {
    "1.9 Performance": PERFORMANCE,
    "1.11 Security": SECURITY,
    "1.14 Migration": MIGRATION,
    "2 Installs": INSTALLS,
    "2 Send path": SEND_PATH,
    "2 Receipts, typing, rows": RECEIPTS_AND_TYPING,
    "2 Members, outbox, reading": INTEGRITY,
    "2 Clients and promises": CLIENTS,
}
