CREATE FUNCTION hide_expired_lines(most integer) RETURNS integer
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH over AS (
    UPDATE memorial_connection c SET is_shown = false
    FROM (SELECT x.id FROM memorial_connection x WHERE x.is_shown AND x.expires_at <= now()
          ORDER BY x.expires_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED) w
    WHERE c.id = w.id RETURNING 1)
  SELECT count(*)::integer FROM over $$;
REVOKE EXECUTE ON FUNCTION hide_expired_lines(integer) FROM PUBLIC;
DROP FUNCTION hide_run_out_lines(integer);
DROP FUNCTION map_told_lines(uuid[], uuid[], integer);
