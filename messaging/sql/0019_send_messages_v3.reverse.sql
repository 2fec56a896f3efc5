DROP FUNCTION send_message(jsonb);
DROP FUNCTION send_messages(jsonb);
DROP TYPE send_result;
DROP FUNCTION is_blocked_author(uuid, uuid, uuid, boolean, boolean);
DROP FUNCTION uuid7_random(timestamptz);
