DROP FUNCTION send_message(jsonb);
DROP FUNCTION send_messages(jsonb);
DROP TYPE send_result;
DROP FUNCTION uuid7_random(timestamptz);
