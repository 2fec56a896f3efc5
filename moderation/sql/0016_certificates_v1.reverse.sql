DROP FUNCTION certified(uuid[]);
DROP FUNCTION fetch_certificate(uuid);
REVOKE SELECT (preview) ON erasure_request FROM prayermap_staff;
DROP POLICY export_request_staff ON export_request;
CREATE POLICY export_request_staff ON export_request FOR SELECT TO prayermap_staff USING (true);
DROP POLICY erasure_request_staff ON erasure_request;
CREATE POLICY erasure_request_staff ON erasure_request FOR SELECT TO prayermap_staff USING (true);
