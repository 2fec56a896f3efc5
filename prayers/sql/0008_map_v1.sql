-- The Living Map: what is on it, the same for everybody. A box is asked for as the squares that cover it (prayers/squares):
-- `lows` are their first places along the curve of 0001, `span` is how many places each has. Of no square more than
-- `most` rows are read, so the whole world costs what a city does, however much is on the map.
-- `meridians`: western and eastern ends of the box's one or two parts, as in prayers_page().

CREATE INDEX prayer_map ON prayer (cell) INCLUDE (grid_latitude, grid_longitude)
  WHERE cell IS NOT NULL AND NOT is_hidden;
CREATE INDEX prayer_map_changed ON prayer (changed_at) INCLUDE (grid_latitude, grid_longitude)
  WHERE cell IS NOT NULL AND NOT is_hidden;
CREATE INDEX memorial_connection_from ON memorial_connection (from_cell) WHERE is_shown AND from_cell IS NOT NULL;
CREATE INDEX memorial_connection_to ON memorial_connection (to_cell)
  WHERE is_shown AND to_cell IS NOT NULL AND from_cell IS NOT NULL;
CREATE INDEX memorial_connection_changed ON memorial_connection (changed_at) WHERE is_shown AND from_cell IS NOT NULL;

CREATE FUNCTION lies_within(latitude integer, longitude integer, south integer, north integer, meridians integer[])
RETURNS boolean LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN latitude BETWEEN south AND north
  AND (longitude BETWEEN meridians[1] AND meridians[2] OR longitude BETWEEN meridians[3] AND meridians[4]);

-- Per square that has any: how many were read (`most`: there may be more), how many of them lie in the box, and where in
-- the middle. Uses index: prayer_map, alone.
CREATE FUNCTION map_squares(lows bigint[], span bigint, south integer, north integer, meridians integer[], most integer)
RETURNS TABLE (low bigint, seen integer, inside integer, latitude integer, longitude integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.low, c.seen::integer, c.inside::integer, c.latitude::integer, c.longitude::integer
  FROM unnest(lows) s(low) CROSS JOIN LATERAL (
    SELECT count(*) AS seen, count(*) FILTER (WHERE p.is_inside) AS inside,
      round(avg(p.grid_latitude) FILTER (WHERE p.is_inside)) AS latitude,
      round(avg(p.grid_longitude) FILTER (WHERE p.is_inside)) AS longitude
    FROM (SELECT q.grid_latitude, q.grid_longitude,
            lies_within(q.grid_latitude, q.grid_longitude, south, north, meridians) AS is_inside
          FROM prayer q WHERE q.cell >= s.low AND q.cell < s.low + span AND q.cell IS NOT NULL AND NOT q.is_hidden
          ORDER BY q.cell LIMIT most) p) c
  WHERE c.seen > 0 $$;

-- The prayers of these squares that lie in the box, at most `most` of each. Uses index: prayer_map.
CREATE FUNCTION map_prayers(lows bigint[], span bigint, south integer, north integer, meridians integer[], most integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id FROM unnest(lows) s(low) CROSS JOIN LATERAL (
    SELECT q.id, q.grid_latitude, q.grid_longitude FROM prayer q
    WHERE q.cell >= s.low AND q.cell < s.low + span AND q.cell IS NOT NULL AND NOT q.is_hidden
    ORDER BY q.cell LIMIT most) p
  WHERE lies_within(p.grid_latitude, p.grid_longitude, south, north, meridians) $$;

-- How many line ends are in these squares, up to `most`, and in how many squares. Uses indexes:
-- memorial_connection_from, memorial_connection_to, alone.
CREATE FUNCTION map_line_ends(lows bigint[], span bigint, most integer) RETURNS TABLE (ends integer, squares integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(c.ends), 0)::integer, count(*) FILTER (WHERE c.ends > 0)::integer
  FROM unnest(lows) s(low) CROSS JOIN LATERAL (SELECT count(*) AS ends FROM (
    (SELECT 1 FROM memorial_connection f WHERE f.is_shown AND f.from_cell IS NOT NULL
       AND f.from_cell >= s.low AND f.from_cell < s.low + span ORDER BY f.from_cell LIMIT most)
    UNION ALL
    (SELECT 1 FROM memorial_connection t WHERE t.is_shown AND t.to_cell IS NOT NULL AND t.from_cell IS NOT NULL
       AND t.to_cell >= s.low AND t.to_cell < s.low + span ORDER BY t.to_cell LIMIT most) LIMIT most) e) c $$;

-- A line as everybody sees it; an end that nobody chose to share is where it begins.
CREATE TYPE map_line AS (id uuid, prayer_id uuid, from_latitude integer, from_longitude integer, to_latitude integer,
  to_longitude integer, created_at timestamptz, expires_at timestamptz);

-- Those of these that are on the map: shown, not run out, their prayer in sight. For functions of ours only. The prayer is
-- asked for line by line, as a join of a thousand would be answered by reading all prayers. Uses index: prayer_pkey.
CREATE FUNCTION lines_on_map(lines uuid[]) RETURNS SETOF map_line
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.id, c.prayer_id, c.from_latitude, c.from_longitude, coalesce(c.to_latitude, c.from_latitude),
    coalesce(c.to_longitude, c.from_longitude), c.created_at, c.expires_at
  FROM memorial_connection c
  WHERE c.id = ANY (lines) AND c.is_shown AND c.from_cell IS NOT NULL AND c.expires_at > now()
    AND (SELECT NOT p.is_hidden FROM prayer p WHERE p.id = c.prayer_id) $$;

-- Lines with an end in the box, at most `most` of each square and end. Uses indexes: memorial_connection_from,
-- memorial_connection_to.
CREATE FUNCTION map_lines(lows bigint[], span bigint, south integer, north integer, meridians integer[], most integer)
RETURNS SETOF map_line
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.* FROM lines_on_map(ARRAY(
    SELECT c.id FROM unnest(lows) s(low) CROSS JOIN LATERAL (
      (SELECT f.id FROM memorial_connection f WHERE f.is_shown AND f.from_cell IS NOT NULL
         AND f.from_cell >= s.low AND f.from_cell < s.low + span ORDER BY f.from_cell LIMIT most)
      UNION
      (SELECT t.id FROM memorial_connection t WHERE t.is_shown AND t.to_cell IS NOT NULL AND t.from_cell IS NOT NULL
         AND t.to_cell >= s.low AND t.to_cell < s.low + span ORDER BY t.to_cell LIMIT most)) c)) l
  WHERE lies_within(l.from_latitude, l.from_longitude, south, north, meridians)
    OR lies_within(l.to_latitude, l.to_longitude, south, north, meridians) $$;

-- Prayers in the box that changed in or after the hour of `since`, newest change first, at most `most`; of what changed
-- in the whole world the newest `reach` are looked at. `is_all`: there were no more. One row with NULL if there are none.
-- Uses index: prayer_map_changed.
CREATE FUNCTION map_changed_prayers(since timestamptz, south integer, north integer, meridians integer[], most integer,
  reach integer) RETURNS TABLE (id uuid, is_all boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH changed AS MATERIALIZED (
    SELECT p.id, p.changed_at, p.grid_latitude, p.grid_longitude FROM prayer p
    WHERE p.changed_at >= hour_of(since) AND p.cell IS NOT NULL AND NOT p.is_hidden
    ORDER BY p.changed_at DESC LIMIT reach),
  inside AS MATERIALIZED (
    SELECT c.id, c.changed_at FROM changed c
    WHERE lies_within(c.grid_latitude, c.grid_longitude, south, north, meridians)
    ORDER BY c.changed_at DESC, c.id LIMIT most + 1),
  whole AS (SELECT (SELECT count(*) FROM changed) < reach AND (SELECT count(*) FROM inside) <= most AS is_all)
  SELECT i.id, w.is_all FROM whole w LEFT JOIN (SELECT x.id FROM inside x ORDER BY x.changed_at DESC, x.id LIMIT most) i
    ON true $$;

-- The same of lines with an end in the box, whole. Uses index: memorial_connection_changed.
CREATE FUNCTION map_changed_lines(since timestamptz, south integer, north integer, meridians integer[], most integer)
RETURNS SETOF map_line
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT l.* FROM lines_on_map(ARRAY(
    SELECT c.id FROM (
      SELECT x.id, x.from_latitude, x.from_longitude, x.to_latitude, x.to_longitude FROM memorial_connection x
      WHERE x.is_shown AND x.from_cell IS NOT NULL AND x.changed_at >= hour_of(since)
      ORDER BY x.changed_at DESC LIMIT 20000) c
    WHERE lies_within(c.from_latitude, c.from_longitude, south, north, meridians)
      OR lies_within(c.to_latitude, c.to_longitude, south, north, meridians)
    LIMIT most + 1)) l $$;

REVOKE EXECUTE ON FUNCTION lies_within(integer, integer, integer, integer, integer[]),
  map_squares(bigint[], bigint, integer, integer, integer[], integer),
  map_prayers(bigint[], bigint, integer, integer, integer[], integer), map_line_ends(bigint[], bigint, integer),
  lines_on_map(uuid[]), map_lines(bigint[], bigint, integer, integer, integer[], integer),
  map_changed_prayers(timestamptz, integer, integer, integer[], integer, integer),
  map_changed_lines(timestamptz, integer, integer, integer[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION map_squares(bigint[], bigint, integer, integer, integer[], integer),
  map_prayers(bigint[], bigint, integer, integer, integer[], integer), map_line_ends(bigint[], bigint, integer),
  map_lines(bigint[], bigint, integer, integer, integer[], integer),
  map_changed_prayers(timestamptz, integer, integer, integer[], integer, integer),
  map_changed_lines(timestamptz, integer, integer, integer[], integer) TO prayermap_member;
