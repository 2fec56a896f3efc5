-- Memorial lines: drawn once for each person and prayer, by functions of ours only, and following their prayer.

ALTER TABLE memorial_connection
  ADD COLUMN from_cell bigint GENERATED ALWAYS AS (cell_of(from_latitude, from_longitude)) STORED,
  ADD COLUMN to_cell bigint GENERATED ALWAYS AS (cell_of(to_latitude, to_longitude)) STORED,
  ADD CONSTRAINT memorial_connection_prayer FOREIGN KEY (prayer_id) REFERENCES prayer,
  ADD CONSTRAINT memorial_connection_coarse CHECK (is_coarse(from_latitude, from_longitude)
    AND is_coarse(to_latitude, to_longitude)),
  ADD CONSTRAINT memorial_connection_times_coarse CHECK (is_whole_hour(id) AND created_at = hour_of(created_at)
    AND expires_at = hour_of(expires_at) AND changed_at = hour_of(changed_at));

ALTER TABLE memorial_connection ENABLE ROW LEVEL SECURITY;
ALTER TABLE memorial_end ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, prayer_id, from_latitude, from_longitude, to_latitude, to_longitude, is_shown, created_at, expires_at)
  ON memorial_connection TO prayermap_staff;
CREATE POLICY memorial_connection_staff ON memorial_connection FOR SELECT TO prayermap_staff USING (true);

-- From a prayer to this person; `latitude` and `longitude` are what they chose to share, or NULL. NULL: it was drawn
-- before. The id is of a whole hour.
CREATE FUNCTION draw_line(line uuid, prayer uuid, responder uuid, latitude integer, longitude integer, days integer)
RETURNS uuid
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  hour timestamptz := hour_of(clock_timestamp());
BEGIN
  IF EXISTS (SELECT 1 FROM memorial_end e WHERE e.prayer_id = $2 AND e.responder_id = $3) THEN
    RETURN NULL;
  END IF;
  INSERT INTO memorial_connection (id, prayer_id, from_latitude, from_longitude, to_latitude, to_longitude, is_shown,
    created_at, expires_at, changed_at)
  SELECT $1, p.id, p.grid_latitude, p.grid_longitude, $4, $5, true, hour, hour + make_interval(days => $6), hour
  FROM prayer p WHERE p.id = $2;
  INSERT INTO memorial_end (connection_id, prayer_id, responder_id) VALUES ($1, $2, $3);
  RETURN $1;
END $$;
REVOKE EXECUTE ON FUNCTION draw_line(uuid, uuid, uuid, integer, integer, integer) FROM PUBLIC;

-- Lines begin where their prayer is, and live ten years from when it was answered; nothing makes them shorter.
CREATE FUNCTION lines_follow_prayer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.status = 'answered' AND OLD.status <> 'answered' THEN
    UPDATE memorial_connection c SET is_shown = true, changed_at = hour_of(clock_timestamp()),
      expires_at = greatest(c.expires_at, hour_of(NEW.answered_at) + interval '10 years')
    WHERE c.prayer_id = NEW.id;
  END IF;
  UPDATE memorial_connection c SET from_latitude = NEW.grid_latitude, from_longitude = NEW.grid_longitude,
    changed_at = hour_of(clock_timestamp())
  WHERE c.prayer_id = NEW.id
    AND (c.from_latitude, c.from_longitude) IS DISTINCT FROM (NEW.grid_latitude, NEW.grid_longitude);
  RETURN NULL;
END $$;
CREATE TRIGGER prayer_lines_follow AFTER UPDATE ON prayer FOR EACH ROW
WHEN ((OLD.status, OLD.grid_latitude, OLD.grid_longitude) IS DISTINCT FROM (NEW.status, NEW.grid_latitude, NEW.grid_longitude))
EXECUTE FUNCTION lines_follow_prayer();

CREATE FUNCTION lines_lose_prayer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM memorial_end e WHERE e.prayer_id = OLD.id;
  UPDATE memorial_connection c SET is_shown = false, prayer_id = NULL, changed_at = hour_of(clock_timestamp())
  WHERE c.prayer_id = OLD.id;
  RETURN OLD;
END $$;
CREATE TRIGGER prayer_lines_hidden BEFORE DELETE ON prayer FOR EACH ROW EXECUTE FUNCTION lines_lose_prayer();

-- Take lines that have run out from the map's index, at most `most`; how many. The map leaves them out before that.
CREATE FUNCTION hide_expired_lines(most integer) RETURNS integer
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH over AS (
    UPDATE memorial_connection c SET is_shown = false
    FROM (SELECT x.id FROM memorial_connection x WHERE x.is_shown AND x.expires_at <= now()
          ORDER BY x.expires_at LIMIT most FOR NO KEY UPDATE SKIP LOCKED) w
    WHERE c.id = w.id RETURNING 1)
  SELECT count(*)::integer FROM over $$;
REVOKE EXECUTE ON FUNCTION lines_follow_prayer(), lines_lose_prayer(), hide_expired_lines(integer) FROM PUBLIC;
