DROP POLICY prayer_response_staff ON prayer_response;
DROP POLICY prayer_response_seen ON prayer_response;
DROP POLICY prayer_staff ON prayer;
DROP POLICY prayer_seen ON prayer;
REVOKE ALL ON prayer, prayer_response FROM prayermap_member, prayermap_staff;
DROP FUNCTION author_behind(uuid);
DROP FUNCTION is_my_prayer(uuid);
