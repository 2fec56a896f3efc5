DROP FUNCTION send_messages(jsonb);
ALTER FUNCTION send_any_messages(jsonb) RENAME TO send_messages;
GRANT EXECUTE ON FUNCTION send_messages(jsonb) TO prayermap_writer;
DROP TYPE plain_send;
