"""The tables of messaging and accounts."""

#: Tables of both apps, and the column that says whose a row is. None: sealed, not even a grant.
WHOSE = {
    "conversation": "id",
    "participant": "conversation_id",
    "message": "conversation_id",
    "delivery_status": "participant_id",
    "mention": "participant_id",
    "person_state": "user_id",
    "client_key": "user_id",
    "accounts_user": "id",
    "accounts_block": "blocker_id",
    "message_author": None,
    "direct_pair": None,
    "accounts_session": None,
    "accounts_user_groups": None,
    "accounts_user_user_permissions": None,
}
