-- What fade_old_messages() would do with the next `most` messages behind `behind` (NULL: where the last run came to) and
-- below `before`; nothing is changed. No row: there is nothing more. Uses index: message_pkey of each month.
CREATE FUNCTION count_old_messages(kind text, behind uuid, before uuid, most integer)
RETURNS TABLE (last_id uuid, fading bigint, kept bigint)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  start uuid := coalesce($2, (SELECT r.behind FROM retention_mark r WHERE r.kind = $1),
    '00000000-0000-0000-0000-000000000000');
BEGIN
  WITH page AS MATERIALIZED (
    SELECT m.id, m.conversation_id, m.state NOT IN ('deleted', 'erased') AND c.kind = $1 AS fits
    FROM message m JOIN conversation c ON c.id = m.conversation_id
    WHERE m.id > start AND m.id < $3 ORDER BY m.id LIMIT $4
  ),
  held AS MATERIALIZED (
    SELECT r.conversation_id FROM (SELECT DISTINCT p.conversation_id FROM page p WHERE p.fits) r
    WHERE is_kept(r.conversation_id)
  ),
  judged AS (SELECT p.*, p.conversation_id IN (SELECT h.conversation_id FROM held h) AS is_held FROM page p)
  SELECT (array_agg(j.id ORDER BY j.id DESC))[1], count(*) FILTER (WHERE j.fits AND NOT j.is_held),
      count(*) FILTER (WHERE j.fits AND j.is_held)
    INTO last_id, fading, kept FROM judged j;
  IF last_id IS NOT NULL THEN
    RETURN NEXT;
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION count_old_messages(text, uuid, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION count_old_messages(text, uuid, uuid, integer) TO prayermap_writer;
