-- What the writers of a server process call: the role and the batch as one statement.
--
-- Before, the role was taken in a statement of its own ahead of the batch, in one pipeline. psycopg goes to the event loop
-- and back for each statement of a pipeline, which took a process 240 µs of a batch, and takes it 150 now. Not definers, as
-- act_in_session(): they run as the login, which may take the role anyway. It ends with the transaction; a writer's connection
-- is in autocommit, so with the statement.

CREATE FUNCTION write_messages(batch jsonb) RETURNS SETOF send_result LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_catalog.set_config('role', 'prayermap_writer', true);
  RETURN QUERY SELECT * FROM public.send_messages(batch);
END $$;

CREATE FUNCTION write_marks(batch jsonb) RETURNS SETOF mark_result LANGUAGE plpgsql VOLATILE AS $$
BEGIN
  PERFORM pg_catalog.set_config('role', 'prayermap_writer', true);
  RETURN QUERY SELECT * FROM public.mark_receipts(batch);
END $$;

REVOKE EXECUTE ON FUNCTION write_messages(jsonb), write_marks(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION write_messages(jsonb), write_marks(jsonb) TO prayermap_app;
