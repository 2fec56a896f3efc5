DROP FUNCTION write_messages(jsonb), write_marks(jsonb);
