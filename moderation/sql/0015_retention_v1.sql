-- Messages that are older than their kind of conversation keeps them.

ALTER TABLE retention_mark ENABLE ROW LEVEL SECURITY;

-- Whether this conversation stays as it is: a legal hold is on it or on somebody who is or was a member, or an open case
-- is about something in it.
CREATE FUNCTION is_kept(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM legal_hold h WHERE h.released_at IS NULL AND (h.conversation_id = $1
      OR h.user_id IN (SELECT p.user_id FROM participant p WHERE p.conversation_id = $1)))
    OR EXISTS (SELECT 1 FROM moderation_case c WHERE c.state = 'open' AND c.conversation_id = $1) $$;

-- Look at the next `most` messages behind `behind` (NULL: where the last run came to) and below `before`, and turn those
-- in conversations of this kind into tombstones, but for what is kept. One row: how far it came, what faded, where, and
-- whether anything was kept; no row: there is nothing more. With `advances` the next run begins behind them; the caller
-- doesn't ask for that once anything was kept, so that it is looked at again. Uses index: message_pkey of each month.
CREATE FUNCTION fade_old_messages(kind text, behind uuid, before uuid, most integer, advances boolean)
RETURNS TABLE (last_id uuid, faded uuid[], conversations uuid[], has_kept boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
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
  kept AS MATERIALIZED (
    SELECT r.conversation_id FROM (SELECT DISTINCT p.conversation_id FROM page p WHERE p.fits) r
    WHERE is_kept(r.conversation_id)
  ),
  judged AS (SELECT p.*, p.conversation_id IN (SELECT k.conversation_id FROM kept k) AS is_kept FROM page p)
  SELECT (array_agg(j.id ORDER BY j.id DESC))[1],
      coalesce(array_agg(j.id ORDER BY j.id) FILTER (WHERE j.fits AND NOT j.is_kept), '{}'),
      coalesce(array_agg(DISTINCT j.conversation_id) FILTER (WHERE j.fits AND NOT j.is_kept), '{}'),
      coalesce(bool_or(j.fits AND j.is_kept), false)
    INTO last_id, faded, conversations, has_kept FROM judged j;
  IF last_id IS NULL THEN
    RETURN;
  END IF;
  PERFORM tombstone_messages(faded, 'deleted');
  IF advances AND NOT has_kept THEN
    INSERT INTO retention_mark (kind, behind) VALUES ($1, last_id)
      ON CONFLICT (kind) DO UPDATE SET behind = greatest(retention_mark.behind, EXCLUDED.behind);
  END IF;
  RETURN NEXT;
END $$;

REVOKE EXECUTE ON FUNCTION is_kept(uuid), fade_old_messages(text, uuid, uuid, integer, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fade_old_messages(text, uuid, uuid, integer, boolean) TO prayermap_writer;
