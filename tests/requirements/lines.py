"""Each requirement in our words, and its tests."""

from __future__ import annotations

from tests.requirements.defects import DEFECTS
from tests.requirements.lessons import LESSONS
from tests.requirements.naming import line
from tests.requirements.table import Line

CONVERSATIONS = [
    line(
        "10",
        "four kinds of conversation",
        "talks::a_new_group_is_201_with_the_whole_conversation",
        "talks::a_conversation_that_cannot_be_is_400_with_its_field",
    ),
    line(
        "11",
        "eight types of message",
        "send::every_type_that_needs_no_attachment_is_accepted_unchanged",
        "rules::a_message_that_may_be_is_stored",
    ),
    line("12", "an id for each conversation", "talks::a_new_group_is_201_with_the_whole_conversation"),
    line("13", "a kind, always", "rules::every_other_table_refuses_what_may_not_be"),
    line(
        "14",
        "its people, each once",
        "rules::every_other_table_refuses_what_may_not_be",
        "talks::oneself_and_one_person_twice_are_400",
    ),
    line(
        "15",
        "their number",
        "members::leaving_ends_what_one_sees",
        "groups::an_open_group_is_joined_by_its_id",
    ),
    line(
        "17",
        "a title and a description where wanted",
        "talks::titles_are_normalised",
        "talks::only_admins_change_settings_and_each_change_takes_one_rev",
    ),
    line(
        "18",
        "closed conversations take no messages",
        "batch::every_outcome_stands_in_one_batch_and_none_fails_its_neighbours",
    ),
    line(
        "19",
        "its newest message and activity",
        "list::latest_message_and_counts_follow_what_one_may_see",
        "list::the_list_has_the_latest_activity_first_and_pages",
    ),
    line("20", "private unless opened", "groups::a_private_group_and_a_pair_cannot_be_joined"),
    line("21", "entering with approval", "groups::an_admin_approves_who_asked_to_join"),
    line("22", "made and changed when", "talks::a_new_group_is_201_with_the_whole_conversation"),
    line(
        "23",
        "two people at least, else nobody to write to",
        "talks::a_conversation_that_cannot_be_is_400_with_its_field",
    ),
    line(
        "25",
        "one's own conversations from an index",
        "counts::the_list_of_conversations",
        "plans::no_hot_path_reads_a_whole_month",
    ),
    line("27", "by kind and activity", "list::the_list_is_filtered"),
    line("28", "active ones by activity", "list::the_list_has_the_latest_activity_first_and_pages"),
    line(
        "16",
        "about a prayer, and there still when the prayer is deleted",
        "about::a_deleted_prayer_leaves_its_conversations_without_its_words",
        "about::a_group_may_be_about_a_prayer",
    ),
    line(
        "24",
        "an answer to a prayer needs the prayer",
        "about::there_must_be_a_prayer_that_one_sees",
        "talks::a_conversation_that_cannot_be_is_400_with_its_field",
    ),
    line("26", "conversations of a prayer", "list::the_list_is_filtered"),
]

MESSAGES = [
    line(
        "29",
        "an id for each message, the client's own",
        "send::the_same_client_id_is_200_and_another_body_409",
    ),
    line("30", "in one conversation, for ever", "rls::nothing_is_written_past_the_functions"),
    line(
        "31",
        "by one sender who is who they say",
        "batch::the_author_of_a_members_send_is_who_acts_whatever_the_request_says",
    ),
    line(
        "32",
        "answers refer to what they answer",
        "send::a_reply_quotes_what_the_reader_may_see",
        "live::reply_and_mention_come_resolved",
    ),
    line(
        "33",
        "content, byte for byte",
        "send::ten_thousand_characters_are_kept_and_one_more_refused",
        "messaging/test_bad_input.py::text_of_many_scripts_is_stored_byte_for_byte",
    ),
    line(
        "34",
        "its type decides what it needs",
        "send::a_message_that_cannot_be_is_400_with_its_field",
        "rules::a_message_that_may_not_be_is_refused_by_name",
    ),
    line("39", "who has it", "marks::every_message_of_others_gets_a_row_that_reading_completes"),
    line(
        "40",
        "who has read it",
        "marks::every_message_of_others_gets_a_row_that_reading_completes",
        "live-marks::shared_marks_reach_everybody_and_ones_other_devices",
    ),
    line(
        "42",
        "mentions of members, and no others",
        "send::mentions_are_active_members_of_this_very_conversation",
    ),
    line(
        "43",
        "anonymous messages",
        "send::an_anonymous_message_names_nobody_but_its_author_knows_it",
        "live::anonymous_message_tells_nobody_who_wrote_it",
    ),
    line(
        "44",
        "reported messages and why: in cases, with sealed evidence, not as marks that every reader could see",
        "moderation/test_api_reports.py::a_report_is_answered_and_kept",
        "moderation/test_api_reports.py::evidence_is_the_message_and_what_the_reporter_sees_around_it",
    ),
    line("45", "when it was stored", "send::a_sent_message_is_201_and_what_both_read"),
    line(
        "46",
        "something to see in each",
        "send::a_message_that_cannot_be_is_400_with_its_field",
        "messaging/test_sql_text.py::everything_that_unicode_calls_empty_is_blank",
    ),
    line("47", "a text carries no file", "rules::a_message_that_may_not_be_is_refused_by_name"),
    line(
        "49",
        "the timeline from an index",
        "plans::no_hot_path_reads_a_whole_month",
        "counts::a_page_of_history",
    ),
    line(
        "35",
        "a file",
        "files::every_kind_is_stored_clean_and_carried_by_its_type_of_message",
        "downloads::who_sees_the_message_may_have_its_file",
    ),
    line("36", "its size and duration", "files::an_upload_is_201_and_says_what_the_file_is"),
    line(
        "37",
        "a prayer or a verse that goes along",
        "send::every_type_that_needs_no_attachment_is_accepted_unchanged",
        "about::a_card_names_a_prayer_that_can_be_seen",
    ),
    line(
        "38",
        "edits, and what was said before",
        "edit::an_edited_message_is_200_and_what_both_read",
        "edit::earlier_texts_are_kept_for_the_author_alone",
    ),
    line(
        "41",
        "reactions",
        "react::reactions_are_counted_first_chosen_first_and_mine_is_mine",
        "messaging/realtime/test_reacting.py::a_reaction_is_told_to_everybody_without_saying_whose_it_is",
    ),
    line(
        "48",
        "edited says so, and when",
        "rules::a_message_that_may_not_be_is_refused_by_name",
        "edit::an_edited_message_is_200_and_what_both_read",
    ),
    line(
        "50",
        "the messages of a sender from an index",
        "plans::the_messages_of_a_person_come_from_an_index",
    ),
    line(
        "51", "the answers to a message, in order", "follow::a_thread_is_the_message_its_answers_and_theirs"
    ),
    line("52", "what is unread, by a mark", "list::unread_is_exact_to_999_and_without_ones_own_and_deleted"),
    line("53", "who was mentioned, and how often since", "inbox::mention_is_told_beside_the_messages"),
    line("54", "reactions of a page in one statement", "react::reactions_cost_one_statement_however_many"),
]

TYPING = [
    line(
        "55",
        "typing ends by itself after ten seconds",
        "typing::typing_ends_when_told_when_sent_and_by_itself",
        "live-typing::typing_ends_by_itself_after_ten_seconds",
    ),
    line("56", "one entry for each member and conversation", "live-typing::repeated_start_is_not_told_again"),
    line(
        "57", "what has run out is gone without a clean-up job", "typing::others_see_who_types_and_until_when"
    ),
    line(
        "58",
        "who types now",
        "typing::others_see_who_types_and_until_when",
        "live-typing::typing_is_told_to_the_others_as_a_whole_list",
    ),
]

DELIVERY = [
    line(
        "59",
        "delivered and read, by message and member",
        "marks::every_message_of_others_gets_a_row_that_reading_completes",
    ),
    line(
        "60",
        "the platform of the device that reported it",
        "marks::a_row_keeps_the_platform_and_nothing_else_of_the_device",
        "live-marks::the_row_of_a_socket_keeps_its_platform",
    ),
    line(
        "61",
        "once each, read not before delivered",
        "rules::every_other_table_refuses_what_may_not_be",
        "marks::marks_move_forward_only_and_read_implies_delivered",
    ),
    line(
        "62",
        "read and unread from an index",
        "list::unread_is_exact_to_999_and_without_ones_own_and_deleted",
        "plans::no_hot_path_reads_a_whole_month",
    ),
]

FUNCTIONS = [
    line("63", "send a message, get its id", "send::a_sent_message_is_201_and_what_both_read"),
    line("64", "only members send", "matrix::everybody_is_answered_as_they_should_be"),
    line(
        "65",
        "stored once whatever is repeated, with its number",
        "rivals::eight_rivals_with_the_same_ids_leave_neither_hole_nor_double",
    ),
    line(
        "66",
        "the conversation knows its newest message",
        "list::latest_message_and_counts_follow_what_one_may_see",
    ),
    line(
        "67",
        "named by the sender's name, or Someone",
        "send::an_anonymous_message_names_nobody_but_its_author_knows_it",
    ),
    line(
        "69",
        "one notification for each other member",
        "extras::one_notification_is_opened_and_stays_the_same_until_it_is_read",
    ),
    line(
        "70",
        "marks: access checked, the first reading counts",
        "marks::marks_move_forward_only_and_read_implies_delivered",
        "marks::marks_are_for_active_members",
    ),
    line(
        "71", "typing: members only, for ten seconds, until stopped", "typing::typing_is_for_active_members"
    ),
    line(
        "68",
        "a preview of each type, read when it is shown",
        "files::the_caption_is_the_preview",
        "inbox::anonymous_sender_is_someone",
    ),
]

CLIENT = [
    line(
        "72",
        "messages, typing and receipts of all conversations on one socket",
        "live::message_reaches_every_device_but_the_one_that_sent_it",
    ),
    line(
        "73",
        "new messages, typing and receipts as events, each once and in order",
        "live::every_socket_of_two_processes_sees_every_rev_once_and_in_order",
    ),
    line(
        "74",
        "a send ends typing and answers with the message or an error",
        "live-typing::named_send_ends_typing_and_an_anonymous_one_does_not",
        "frames::message_send_refuses_by_the_codes_of_rest",
    ),
    line("75", "typing that isn't renewed ends", "live-typing::typing_ends_by_itself_after_ten_seconds"),
]

OFFLINE = [
    line("83", "an outbox with all that a message may have", "queue::everything_a_message_may_have_is_sent"),
    line(
        "84",
        "its states, tries, errors and times",
        "queue::queued_message_waits_and_is_sent_by_the_worker",
        "queue::permanent_refusal_fails_at_once_and_holds_up_nobody",
        "queue::scheduled_message_waits_for_its_time",
    ),
    line("85", "what is due, claimed once", "queue-order::what_one_worker_holds_no_other_gets"),
    line(
        "86",
        "in order, in bounds, with patience, gone a day after",
        "queue-order::later_one_waits_for_an_earlier_one_of_the_same_device_and_conversation_only",
        "queue-order::a_claim_is_bounded",
        "queue-order::tries_are_spaced_by_thirty_seconds_more_each_and_end_with_the_tenth",
        "queue::what_is_done_is_forgotten",
        "messaging/test_queue_killed.py::two_workers_killed_at_random_send_everything_once_and_in_order",
    ),
    line(
        "87",
        "a weak battery: a client that says so is left in peace",
        "quiet::quiet_clients_get_a_batch_within_ten_seconds_without_typing",
    ),
    line(
        "88",
        "a client may hand its outbox in again and again",
        "queue::repeated_request_is_answered_with_what_became_of_it",
        "queue::message_that_was_sent_by_another_way_is_answered_as_sent",
    ),
    line(
        "89",
        "a slow line: every ten seconds, without typing",
        "quiet::quiet_clients_get_a_batch_within_ten_seconds_without_typing",
        "messaging/realtime/test_bundles.py::newest_state_of_a_message_stays_and_the_rev_up_to_which_all_is_there",
    ),
]

NOTIFICATIONS = [
    line(
        "1",
        "prayers with a place, responses, lines and an inbox to build on",
        "prayers::a_prayer_is_shown_as_it_was_written",
        "prayers::the_list_of_a_box_holds_what_lies_in_it",
        "responses::a_response_is_shown_to_everybody",
        "map::a_line_is_a_pair_of_ends_that_names_nobody",
        "notices::the_author_is_told_of_responses_once_for_all",
    ),
    line(
        "2",
        "told about a conversation",
        "inbox::messages_of_a_conversation_are_one_notification_with_its_count",
    ),
    line(
        "3",
        "and from which message on",
        "extras::one_notification_is_opened_and_stays_the_same_until_it_is_read",
    ),
    line(
        "4",
        "two people are told of as two",
        "inbox::messages_of_a_conversation_are_one_notification_with_its_count",
    ),
    line(
        "5",
        "what it answers stands in the message that it points at",
        "extras::one_notification_is_opened_and_stays_the_same_until_it_is_read",
        "follow::a_thread_is_the_message_its_answers_and_theirs",
    ),
    line(
        "6",
        "every kind that is a fact",
        "notifications/test_api_preferences.py::defaults_name_every_kind",
        "closing::readers_are_one_row_with_a_count",
        "closing::stranger_is_a_request_and_an_acquaintance_an_invitation",
    ),
    line("7", "those of one conversation", "inbox::read_all_takes_one_conversation_or_everything"),
    line(
        "8",
        "withdrawn with their message",
        "closing::message_that_its_author_deletes_is_taken_back",
        "push::deleted_message_takes_it_back",
    ),
    line("9", "an inbox, newest first", "inbox::list_is_newest_first_and_pages"),
    line("D18", "nobody is without a name", "accounts/test_models.py::the_database_refuses_a_person"),
    line(
        "D19",
        "somebody who has left stops nobody's message",
        "closing::who_leaves_or_is_removed_is_told_no_more_and_comes_back_fresh",
    ),
    line(
        "D20",
        "one statement for a thousand",
        "notifications/test_cost.py::notifications_of_a_large_room_are_one_statement_with_the_send",
    ),
    line("D36", "no words are made up for a picture", "files::the_caption_is_the_preview"),
    line(
        "D37",
        "a group is told as a group, two people as two",
        "inbox::group_is_named_by_its_title_and_the_sender_beside_it",
        "inbox::messages_of_a_conversation_are_one_notification_with_its_count",
    ),
    line(
        "D38",
        "no refusal repeats what somebody wrote, no log keeps it",
        "messaging/test_bad_input.py::a_body_that_cannot_be_read_is_400_without_being_repeated",
        "rules::a_message_that_may_not_be_is_refused_by_name",
        "isolation/test_residue.py::a_deleted_text_is_nowhere",
    ),
    line(
        "D39",
        "no copy of text, one row",
        "inbox::messages_of_a_conversation_are_one_notification_with_its_count",
        "inbox::preview_is_gone_with_the_membership",
    ),
    line("D40", "a receipt repeated tells nothing", "closing::receipt_repeated_changes_nothing"),
    line("D41", "a thousand readers are one notification", "closing::readers_are_one_row_with_a_count"),
]

PRAYERS = [
    line(
        "106",
        "a conversation grows from a prayer that is there, and not one's own",
        "about::the_first_message_is_a_card_and_the_author_is_asked_in",
        "about::ones_own_prayer_opens_nothing",
        "about::a_conversation_has_its_prayers_title",
    ),
    line("107", "it begins with a card", "about::the_first_message_is_a_card_and_the_author_is_asked_in"),
    line(
        "108",
        "one line on the map, once",
        "about::two_requests_at_once_open_one_conversation_with_one_card_and_one_line",
        "updates::a_line_goes_from_the_prayer_to_where_the_other_chose",
        "map::a_line_is_a_pair_of_ends_that_names_nobody",
        "live-map::all_that_happens_is_told_to_open_maps_as_rest_says_it",
        "plans/test_map.py::the_map_is_answered_from_its_indexes",
    ),
    line(
        "109",
        "news of a prayer; an answer lengthens its lines",
        "updates::an_answer_marks_the_prayer_and_lengthens_its_lines",
        "updates::an_answer_never_makes_a_line_shorter",
    ),
    line(
        "D100",
        "the author of an anonymous prayer stays unknown, nobody's other place is taken",
        "docs/test_a_day.py::day_is_as_printed_and_tells_grace_nothing_of_sarah",
        "about::the_author_of_an_anonymous_prayer_is_an_anonymous_member",
        "updates::a_line_goes_from_the_prayer_to_where_the_other_chose",
    ),
    line(
        "D101",
        "its author alone answers it",
        "updates::only_the_author_updates_by_whichever_way",
        "updates::an_answer_never_makes_a_line_shorter",
    ),
    line(
        "D102",
        "conversations about a prayer and invitations are told, and so is the answer",
        "notices::the_author_is_told_of_a_conversation_until_she_enters",
        "closing::stranger_is_a_request_and_an_acquaintance_an_invitation",
        "notices::those_who_answered_are_told_that_it_was_answered",
    ),
]

ARCHIVE = [
    line(
        "102",
        "messages in months, by their id",
        "messaging/test_services_partitions.py::a_new_month_has_its_own_guard_and_no_grant",
    ),
    line(
        "103",
        "the next months are made ahead",
        "messaging/test_services_partitions.py::two_months_back_and_some_ahead_are_made_once",
        "archive::coming_months_are_made_beside_an_archive",
    ),
    line(
        "104",
        "an archive, and since when a month is in it",
        "archive::members_read_on_into_the_archive_and_nothing_is_lost_or_doubled",
        "archive::coming_months_are_made_beside_an_archive",
    ),
    line(
        "105",
        "old months go there, by the operator alone, and are told",
        "archive::outsiders_read_nothing_in_the_archive_and_nobody_names_it",
        "archive::every_month_that_is_moved_stands_in_the_audit_trail",
        "moderation/test_archive_conversations.py::it_leaves_the_lists_for_the_archives_and_comes_back_as_each_had_it",
    ),
    line(
        "D66",
        "the archive has row-level security",
        "archive::outsiders_read_nothing_in_the_archive_and_nobody_names_it",
        "archive::a_newcomer_sees_as_little_of_the_archive_as_of_the_rest",
    ),
    line(
        "D92",
        "a scheduler may run it",
        "archive::every_month_that_is_moved_stands_in_the_audit_trail",
    ),
    line(
        "D93",
        "a column that is added later is archived with the rest",
        "shapes::a_column_that_is_added_later_is_archived_with_the_rest",
    ),
    line(
        "D94",
        "nothing is copied, so nothing is lost between copy and deletion",
        "archive::members_read_on_into_the_archive_and_nothing_is_lost_or_doubled",
    ),
    line(
        "D95",
        "a month is one short transaction",
        "archive::no_lock_on_message_itself",
        "archive::whoever_is_killed_in_a_month_has_not_begun_it_and_the_next_run_goes_on",
    ),
    line(
        "D96",
        "answers, receipts and the latest message keep what they point at",
        "archive::members_read_on_into_the_archive_and_nothing_is_lost_or_doubled",
        "archive::what_is_said_now_may_answer_what_is_archived",
    ),
    line(
        "D97",
        "what is under review or on hold stays",
        "archive::an_open_case_keeps_the_month_of_its_message_until_it_is_closed",
        "archive::a_legal_hold_keeps_the_months_of_its_conversation_alone",
        "moderation/test_archive_conversations.py::what_is_held_or_under_review_stays",
    ),
    line("D98", "minus one day is refused", "archive::only_months_that_nobody_writes_to_are_moved"),
    line(
        "D99",
        "members read on in it, it comes back, erasures and copies reach it",
        "archive::members_read_on_into_the_archive_and_nothing_is_lost_or_doubled",
        "moderation/privacy/test_archived.py::an_erasure_reaches_the_archive",
        "moderation/privacy/test_archived.py::a_copy_of_somebodys_data_holds_what_they_said_in_the_archive",
    ),
]

ROW_SECURITY = [
    line(
        "D54",
        "a report is kept, with who reported and what became of it",
        "reports::a_report_is_answered_and_kept",
        "reports::reporting_twice_answers_the_first",
        "signals::a_threat_opens_a_case_with_the_text_alone",
    ),
    line(
        "D55",
        "whoever reads may react, each for themselves",
        "react::reactions_are_counted_first_chosen_first_and_mine_is_mine",
    ),
    line(
        "D56",
        "deleted for all, a tombstone stays; edits keep what stood, for a quarter of an hour",
        "delete::a_deleted_message_leaves_a_tombstone",
        "edit::earlier_texts_are_kept_for_the_author_alone",
        "edit::after_a_quarter_of_an_hour_it_stands",
    ),
    line(
        "D57",
        "the sender sees whom it reached, and nobody writes another's receipt",
        "follow::delivery_says_whom_it_reached_and_who_has_read",
        "rls::nobody_lets_themselves_in_or_writes_for_another",
    ),
    line(
        "D58",
        "no row is written past the functions, with a time or receipts of one's own",
        "rls::nothing_is_written_past_the_functions",
    ),
    line(
        "D59",
        "a member row says from where on one sees, and what stays",
        "history::a_late_joiner_sees_from_their_time_on_and_no_quote_from_before",
        "members::leaving_ends_what_one_sees",
    ),
    line(
        "D60",
        "moderators read through a case, recorded, and write nothing as others",
        "staff::words_are_read_by_looking_only",
        "staff::staff_may_not",
    ),
    line(
        "D61",
        "no policy asks itself",
        "rls::select_shows_only_rows_of_ones_own",
        "staff::who_reads_no_cases_finds_none",
    ),
    line(
        "D62",
        "the list of conversations reads an index, as its reader",
        "plans::no_hot_path_reads_a_whole_month",
        "counts::the_list_of_conversations",
    ),
    line(
        "D63",
        "no index stands there twice",
        "shapes::no_index_stands_there_twice",
    ),
    line(
        "D64",
        "figures are for those who may see them",
        "insights::others_read_no_figures",
    ),
    line(
        "D65",
        "nothing may be executed by everybody",
        "grants::no_definer_function_is_for_everybody_but_those_of_policies",
        "grants::nothing_is_granted_by_default",
    ),
]

ERASURE = [
    line(
        "D81",
        "what is deleted or erased is copied nowhere first",
        "delete::no_copy_of_the_text_survives_anywhere",
        "isolation/test_residue.py::a_deleted_text_is_nowhere",
    ),
    line(
        "D82",
        "nobody takes another's words away",
        "delete::only_its_author_deletes_it_for_all",
        "matrix::everybody_is_answered_as_they_should_be",
    ),
    line(
        "D83",
        "who ever wrote can be erased",
        "erasing::what_was_written_by_name_becomes_tombstones_for_the_others",
    ),
    line(
        "D84",
        "so can who is one of two",
        "erasing::conversations_without_anybody_and_those_of_two_are_closed",
    ),
    line(
        "D85",
        "so can who sent pictures",
        "residue::nothing_is_left_anywhere_of_somebody_erased",
    ),
    line(
        "D86",
        "conversations without anybody are found and closed",
        "erasing::conversations_without_anybody_and_those_of_two_are_closed",
    ),
    line(
        "D87",
        "nobody erases another, signed in or not",
        "erasure::nobody_sees_or_cancels_anothers_request",
        "matrix::everybody_is_answered_as_they_should_be",
    ),
    line(
        "D88",
        "nothing is left in any column, file or key",
        "residue::nothing_is_left_anywhere_of_somebody_erased",
        "residue::every_table_with_traces_has_one_before",
    ),
    line(
        "D89",
        "erased is not anonymous",
        "erasing::erased_and_anonymous_are_not_the_same",
    ),
    line(
        "D90",
        "the account's row stays, hollow, and others' words with it",
        "shapes::an_account_is_never_deleted_under_what_others_read",
        "erasing::others_words_are_untouched",
    ),
    line(
        "D91",
        "an officer may do it, with a deadline, holds, a copy and proof",
        "erasing::what_two_moderators_decided_is_done_by_the_worker",
        "erasure::deadline_that_has_passed_is_an_error_in_the_log",
        "erasing::a_legal_hold_keeps_a_person_until_it_is_released",
        "purge::certificate_lists_what_went_what_stays_and_holds_when_it_is_verified",
    ),
]

INSIGHTS = [
    line(
        "113",
        "messages, people, conversations, lengths and types of each day",
        "insights::a_day_counts_messages_people_conversations_lengths_and_types",
        "insights::a_message_of_another_day_is_counted_on_that_day",
        "insights::days_as_csv",
    ),
    line(
        "114",
        "health of conversations; a response is one",
        "insights::the_response_rate_counts_responses",
        "insights::an_empty_system_has_figures_that_make_sense",
    ),
    line(
        "115",
        "statements that take the most time",
        "insights::slow_statements",
        "insights::without_pg_stat_statements_the_page_says_what_to_do",
    ),
    line(
        "116",
        "use of indexes",
        "insights::the_use_of_indexes_months_taken_together",
    ),
]

SECTIONS: dict[str, list[Line]] = {
    "1.3 Conversations": CONVERSATIONS,
    "1.4 Messages": MESSAGES,
    "1.5 Typing": TYPING,
    "1.6 Delivery": DELIVERY,
    "1.7 Send, read, type": FUNCTIONS,
    "1.8 A client, live": CLIENT,
    "1.10 Offline and mobile": OFFLINE,
    "1.2 Notifications": NOTIFICATIONS,
    "1.12 Archive": ARCHIVE,
    "1.13 Prayers": PRAYERS,
    "1.14 Metrics": INSIGHTS,
    "2 Row security": ROW_SECURITY,
    "2 Erasure": ERASURE,
    **DEFECTS,
    "3 Lessons, erasure and moderation": LESSONS,
}
