DROP FUNCTION own_revisions(uuid);
DROP FUNCTION delete_message(uuid, bigint);
DROP FUNCTION tombstone_messages(uuid[], text);
DROP FUNCTION edit_message(uuid, bigint, text, jsonb);
DROP FUNCTION writing_refusal(conversation, participant, timestamptz);
DROP FUNCTION find_message(uuid, bigint);
