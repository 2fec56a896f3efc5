-- What open map pages are told, and lines that run out.

-- These lines, and those of these prayers, as far as they are on the map; at most one more than `most`. Uses indexes:
-- memorial_connection_pkey, that on prayer_id.
CREATE FUNCTION map_told_lines(lines uuid[], prayers uuid[], most integer) RETURNS SETOF map_line
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.* FROM lines_on_map(lines || ARRAY(
    SELECT c.id FROM memorial_connection c WHERE c.prayer_id = ANY (prayers) AND c.is_shown AND c.id <> ALL (lines)
    LIMIT most + 1)) l LIMIT most + 1 $$;
REVOKE EXECUTE ON FUNCTION map_told_lines(uuid[], uuid[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION map_told_lines(uuid[], uuid[], integer) TO prayermap_member;

-- Take lines that have run out from the map's index, at most `most`; which. The map leaves them out before that.
CREATE FUNCTION hide_run_out_lines(most integer) RETURNS SETOF uuid
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  UPDATE memorial_connection c SET is_shown = false
  FROM (SELECT x.id FROM memorial_connection x WHERE x.is_shown AND x.expires_at <= now()
        ORDER BY x.expires_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED) w
  WHERE c.id = w.id RETURNING c.id $$;
REVOKE EXECUTE ON FUNCTION hide_run_out_lines(integer) FROM PUBLIC;
DROP FUNCTION hide_expired_lines(integer);
