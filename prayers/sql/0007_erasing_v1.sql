-- Erasure of a person, as the owner and in small transactions. Nobody is granted these functions.

-- What stands in the place of an erased prayer's title and text, under which others' words go on standing.
CREATE FUNCTION erased_text() RETURNS text LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN '[erased]';

-- These prayers, of one person: those under which nobody else wrote a word go, with "I prayed"s and all; the others
-- lose text and place, and close.
CREATE FUNCTION erase_prayers(prayers uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  answered uuid[];
BEGIN
  PERFORM 1 FROM prayer p WHERE p.id = ANY (prayers) ORDER BY p.id FOR UPDATE;
  SELECT coalesce(array_agg(DISTINCT r.prayer_id), '{}') INTO answered FROM prayer_response r
    LEFT JOIN prayer_response_author a ON a.response_id = r.id
    WHERE r.prayer_id = ANY (prayers) AND r.kind = 'text'
      AND coalesce(r.author_id, a.user_id) IS DISTINCT FROM author_behind(r.prayer_id);
  -- Their lines stay, hidden; not where they began.
  UPDATE memorial_connection c SET from_latitude = NULL, from_longitude = NULL
    WHERE c.prayer_id = ANY (prayers) AND c.prayer_id <> ALL (answered);
  DELETE FROM prayer_response_author a USING prayer_response r
    WHERE r.prayer_id = ANY (prayers) AND r.prayer_id <> ALL (answered) AND a.response_id = r.id;
  DELETE FROM prayer_response r WHERE r.prayer_id = ANY (prayers) AND r.prayer_id <> ALL (answered);
  DELETE FROM prayer_author a WHERE a.prayer_id = ANY (prayers) AND a.prayer_id <> ALL (answered);
  DELETE FROM prayer p WHERE p.id = ANY (prayers) AND p.id <> ALL (answered);
  UPDATE prayer p SET title = erased_text(), body = erased_text(), place_name = '', grid_latitude = NULL,
    grid_longitude = NULL, status = CASE p.status WHEN 'answered' THEN 'answered' ELSE 'closed' END
  WHERE p.id = ANY (answered);
  RETURN cardinality(prayers);
END $$;

-- These responses go; their prayers count anew.
CREATE FUNCTION erase_responses(responses uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM prayer p WHERE p.id IN (SELECT r.prayer_id FROM prayer_response r WHERE r.id = ANY (responses))
    ORDER BY p.id FOR NO KEY UPDATE;
  UPDATE prayer p SET response_count = p.response_count - n.texts, prayed_count = p.prayed_count - n.prayed
    FROM (SELECT r.prayer_id, count(*) FILTER (WHERE r.kind = 'text') AS texts,
            count(*) FILTER (WHERE r.kind = 'prayed') AS prayed
          FROM prayer_response r WHERE r.id = ANY (responses) GROUP BY 1) n
    WHERE p.id = n.prayer_id;
  DELETE FROM prayer_response_author a WHERE a.response_id = ANY (responses);
  DELETE FROM prayer_response r WHERE r.id = ANY (responses);
  RETURN cardinality(responses);
END $$;

-- These lines end where they begin from now on: the place was what somebody shared of themselves.
CREATE FUNCTION erase_line_ends(lines uuid[]) RETURNS integer
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH changed AS (
    UPDATE memorial_connection c SET to_latitude = NULL, to_longitude = NULL, changed_at = hour_of(clock_timestamp())
    WHERE c.id = ANY (lines) RETURNING 1)
  SELECT count(*)::integer FROM changed $$;

REVOKE EXECUTE ON FUNCTION erase_prayers(uuid[]), erase_responses(uuid[]), erase_line_ends(uuid[]) FROM PUBLIC;
