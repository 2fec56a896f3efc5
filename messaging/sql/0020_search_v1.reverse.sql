DROP FUNCTION search_messages(text, uuid, text, timestamptz, timestamptz, integer, uuid, integer, double precision);
DROP INDEX message_words;
DROP FUNCTION search_query(text);
DROP FUNCTION message_words(uuid, text);
DROP FUNCTION text_words(text);
DROP FUNCTION folded(text);
