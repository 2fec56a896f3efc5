-- Places: whole hundredths of a degree, about a kilometre. prayers/places.py rounds; here nothing finer gets in.

-- Meridians draw together towards the poles, so a step east grows: never much less than a kilometre.
CREATE FUNCTION longitude_step(latitude integer) RETURNS integer
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN CASE
  WHEN abs(latitude) < 5000 THEN 1 WHEN abs(latitude) < 6500 THEN 2 WHEN abs(latitude) < 7800 THEN 4 ELSE 100 END;

CREATE FUNCTION is_coarse(latitude integer, longitude integer) RETURNS boolean
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN latitude IS NULL OR longitude IS NULL THEN latitude IS NULL AND longitude IS NULL
  ELSE latitude BETWEEN -9000 AND 9000 AND longitude BETWEEN -18000 AND 17999
    AND longitude % longitude_step(latitude) = 0 END;

-- Sixteen bits, each followed by an empty one.
CREATE FUNCTION spread_bits(number bigint) RETURNS bigint
LANGUAGE plpgsql IMMUTABLE STRICT PARALLEL SAFE AS $$
BEGIN
  number := (number | (number << 8)) & 16711935;     -- 0x00FF00FF
  number := (number | (number << 4)) & 252645135;    -- 0x0F0F0F0F
  number := (number | (number << 2)) & 858993459;    -- 0x33333333
  RETURN (number | (number << 1)) & 1431655765;      -- 0x55555555
END $$;

-- The square with these two numbers (of columns from the west, of rows from the south) along a Z-order curve: the
-- squares of a bigger square are one stretch of it, so one index answers for squares of every size.
CREATE FUNCTION cell_at(col bigint, row_ bigint) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN spread_bits(col) | (spread_bits(row_) << 1);

CREATE FUNCTION cell_of(latitude integer, longitude integer) RETURNS bigint
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN cell_at(longitude + 18000, latitude + 9000);

-- The hour in which a moment lies: all that is told of what is anonymous.
CREATE FUNCTION hour_of(moment timestamptz) RETURNS timestamptz
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE RETURN to_timestamp(floor(extract(epoch FROM moment) / 3600) * 3600);

CREATE FUNCTION is_whole_hour(id uuid) RETURNS boolean
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
RETURN ('x' || left(replace(id::text, '-', ''), 12))::bit(48)::bigint % 3600000 = 0;

ALTER TABLE prayer
  ADD COLUMN cell bigint GENERATED ALWAYS AS (cell_of(grid_latitude, grid_longitude)) STORED,
  ADD CONSTRAINT prayer_place_coarse CHECK (is_coarse(grid_latitude, grid_longitude)),
  ADD CONSTRAINT prayer_title_length CHECK (char_length(title) BETWEEN 1 AND 100 AND has_visible(title)),
  ADD CONSTRAINT prayer_body_length CHECK (char_length(body) BETWEEN 1 AND 5000 AND has_visible(body)),
  ADD CONSTRAINT prayer_place_name_length CHECK (char_length(place_name) <= 100),
  ADD CONSTRAINT prayer_times_coarse CHECK (NOT is_anonymous OR (is_whole_hour(id) AND created_at = hour_of(created_at)
    AND changed_at = hour_of(changed_at) AND answered_at IS NOT DISTINCT FROM hour_of(answered_at)));

ALTER TABLE prayer_response
  ADD CONSTRAINT prayer_response_visible CHECK (char_length(content) BETWEEN 1 AND 5000 AND has_visible(content)),
  ADD CONSTRAINT prayer_response_time_coarse
    CHECK (NOT is_anonymous OR (is_whole_hour(id) AND created_at = hour_of(created_at)));

-- Counts change with every response: room on the page keeps those updates away from the indexes (HOT).
ALTER TABLE prayer SET (fillfactor = 80);
