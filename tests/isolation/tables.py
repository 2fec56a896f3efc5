"""The tables of the apps."""

#: Tables, and the column that says whose a row is. None: sealed, not even a grant.
WHOSE = {
    "conversation": "id",
    "participant": "conversation_id",
    "message": "conversation_id",
    "delivery_status": "participant_id",
    "mention": "participant_id",
    "person_state": "user_id",
    "client_key": "user_id",
    "message_queue": "user_id",
    "accounts_user": "id",
    "accounts_block": "blocker_id",
    "prayer": "id",
    "prayer_response": "prayer_id",
    "prayer_author": None,
    "prayer_response_author": None,
    "notification": "user_id",
    "attachment": None,
    "media_blob": None,
    "slow_mode_turn": None,
    "message_author": None,
    "direct_pair": None,
    "accounts_session": None,
    "accounts_user_groups": None,
    "accounts_user_user_permissions": None,
    "report": "reporter_id",
    "moderation_case": None,
    "case_party": None,
    "case_note": None,
    "evidence": None,
    "audit_entry": None,
    "audit_detail": None,
    "audit_identity": None,
    "audit_seal": None,
}
#: For everybody who is signed in; of these, rights are granted column by column.
PUBLIC = ("prayer", "prayer_response")
