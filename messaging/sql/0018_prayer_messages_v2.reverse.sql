DROP FUNCTION prayer_message_refusal(uuid, uuid, text, jsonb);
