DROP FUNCTION count_old_messages(text, uuid, uuid, integer);
