DROP FUNCTION find_word(text, text), scannable_tables();
DROP POLICY legal_hold_staff ON legal_hold;
DROP POLICY erasure_request_staff ON erasure_request;
DROP POLICY erasure_request_cancelled ON erasure_request;
DROP POLICY erasure_request_made ON erasure_request;
DROP POLICY erasure_request_seen ON erasure_request;
REVOKE ALL ON erasure_request, legal_hold FROM prayermap_member, prayermap_staff;
