DROP FUNCTION missed_messages(uuid, bigint, bigint, integer);
DROP FUNCTION told_messages(uuid[]);
DROP TYPE told_message;
