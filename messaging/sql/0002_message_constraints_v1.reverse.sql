ALTER TABLE message
  DROP CONSTRAINT message_numbers, DROP CONSTRAINT message_type, DROP CONSTRAINT message_state,
  DROP CONSTRAINT message_content_length, DROP CONSTRAINT message_payload_size, DROP CONSTRAINT message_mentions_count,
  DROP CONSTRAINT message_reply_earlier, DROP CONSTRAINT message_edited_later, DROP CONSTRAINT message_sender,
  DROP CONSTRAINT message_tombstone, DROP CONSTRAINT message_parts, DROP CONSTRAINT message_visible;
ALTER TABLE conversation
  DROP CONSTRAINT conversation_title_length, DROP CONSTRAINT conversation_description_length;
ALTER TABLE conversation RESET (fillfactor);
ALTER TABLE participant RESET (fillfactor);
ALTER TABLE person_state RESET (fillfactor);
DROP FUNCTION has_visible(text);
