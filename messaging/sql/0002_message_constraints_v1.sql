-- What a message may be, whoever writes it. Names are caught in Python (messaging/services/sending.py).

-- Something to see: at least one character outside Unicode's Z*, Cc, Cf and Default_Ignorable_Code_Point.
-- The same list as prayermap.lib.text.is_blank, held together by tests/messaging/test_sql_text.py.
CREATE FUNCTION has_visible(value text) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN value ~ '[^\u0001-\u0020\u007f-\u00a0\u00ad\u034f\u0600-\u0605\u061c\u06dd\u070f\u0890-\u0891\u08e2\u115f-\u1160\u1680\u17b4-\u17b5\u180b-\u180f\u2000-\u200f\u2028-\u202f\u205f-\u206f\u2800\u3000\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb\U000110bd\U000110cd\U00013430-\U0001343f\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff]';

ALTER TABLE message
  ADD CONSTRAINT message_numbers CHECK (seq >= 1 AND rev >= seq),
  ADD CONSTRAINT message_type CHECK (
    type IN ('text', 'audio', 'video', 'image', 'prayer_card', 'location', 'prayer_update', 'bible_verse')),
  ADD CONSTRAINT message_state CHECK (state IN ('live', 'deleted', 'hidden', 'erased')),
  ADD CONSTRAINT message_content_length CHECK (char_length(content) BETWEEN 0 AND 10000),
  -- jsonb prints a space after each colon and comma: twice the contract's 2 KiB is never reached by valid input.
  ADD CONSTRAINT message_payload_size CHECK (jsonb_typeof(payload) = 'object' AND octet_length(payload::text) <= 4096),
  ADD CONSTRAINT message_mentions_count CHECK (cardinality(mentions) <= 100),
  ADD CONSTRAINT message_reply_earlier CHECK (reply_to_seq BETWEEN 1 AND seq - 1),
  ADD CONSTRAINT message_edited_later CHECK (edited_at >= created_at),
  ADD CONSTRAINT message_sender CHECK (sender_id IS NOT NULL OR is_anonymous OR state = 'erased'),
  ADD CONSTRAINT message_tombstone CHECK (state NOT IN ('deleted', 'erased') OR (
    content IS NULL AND payload IS NULL AND attachment_id IS NULL AND request_digest IS NULL
    AND mentions = '{}' AND reply_to_seq IS NULL)),
  ADD CONSTRAINT message_parts CHECK (state IN ('deleted', 'erased') OR CASE type
    WHEN 'text' THEN content IS NOT NULL AND attachment_id IS NULL AND payload IS NULL
    WHEN 'image' THEN attachment_id IS NOT NULL AND payload IS NULL
    WHEN 'audio' THEN attachment_id IS NOT NULL AND payload IS NULL
    WHEN 'video' THEN attachment_id IS NOT NULL AND payload IS NULL
    WHEN 'location' THEN payload IS NOT NULL AND attachment_id IS NULL
    WHEN 'prayer_card' THEN (payload IS NOT NULL OR content IS NOT NULL) AND attachment_id IS NULL
    WHEN 'prayer_update' THEN payload IS NOT NULL AND content IS NOT NULL AND attachment_id IS NULL
    WHEN 'bible_verse' THEN payload IS NOT NULL AND content IS NOT NULL AND attachment_id IS NULL
  END),
  ADD CONSTRAINT message_visible CHECK (
    content IS NULL OR type IN ('image', 'audio', 'video', 'location') OR has_visible(content));

ALTER TABLE conversation
  ADD CONSTRAINT conversation_title_length CHECK (char_length(title) <= 100),
  ADD CONSTRAINT conversation_description_length CHECK (char_length(description) <= 2000);
-- Counters change with every message: room on the page keeps those updates away from the indexes (HOT).
ALTER TABLE conversation SET (fillfactor = 50);
ALTER TABLE participant SET (fillfactor = 70);
ALTER TABLE person_state SET (fillfactor = 50);
