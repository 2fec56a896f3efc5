DROP FUNCTION take_export_link(bytea);
DROP POLICY export_request_staff ON export_request;
DROP POLICY export_request_linked ON export_request;
DROP POLICY export_request_made ON export_request;
DROP POLICY export_request_seen ON export_request;
REVOKE ALL ON export_request FROM prayermap_member, prayermap_staff;
