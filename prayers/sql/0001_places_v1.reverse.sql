ALTER TABLE prayer RESET (fillfactor);
ALTER TABLE prayer_response DROP CONSTRAINT prayer_response_visible, DROP CONSTRAINT prayer_response_time_coarse;
ALTER TABLE prayer
  DROP CONSTRAINT prayer_place_coarse, DROP CONSTRAINT prayer_title_length, DROP CONSTRAINT prayer_body_length,
  DROP CONSTRAINT prayer_place_name_length, DROP CONSTRAINT prayer_times_coarse, DROP COLUMN cell;
DROP FUNCTION is_whole_hour(uuid);
DROP FUNCTION hour_of(timestamptz);
DROP FUNCTION cell_of(integer, integer);
DROP FUNCTION cell_at(bigint, bigint);
DROP FUNCTION spread_bits(bigint);
DROP FUNCTION is_coarse(integer, integer);
DROP FUNCTION longitude_step(integer);
