DROP FUNCTION hide_expired_lines(integer);
DROP TRIGGER prayer_lines_hidden ON prayer;
DROP FUNCTION lines_lose_prayer();
DROP TRIGGER prayer_lines_follow ON prayer;
DROP FUNCTION lines_follow_prayer();
DROP FUNCTION draw_line(uuid, uuid, uuid, integer, integer, integer);
DROP POLICY memorial_connection_staff ON memorial_connection;
REVOKE ALL ON memorial_connection FROM prayermap_staff;
ALTER TABLE memorial_connection
  DROP CONSTRAINT memorial_connection_times_coarse, DROP CONSTRAINT memorial_connection_coarse,
  DROP CONSTRAINT memorial_connection_prayer, DROP COLUMN to_cell, DROP COLUMN from_cell;
