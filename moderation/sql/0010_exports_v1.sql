-- Copies of people's data: a person's own requests, and the links that open a file once.

ALTER TABLE export_request ENABLE ROW LEVEL SECURITY;
GRANT SELECT (id, user_id, client_id, state, requested_at, started_at, ready_at, expires_at, size, digest), INSERT,
  UPDATE (link_digest, link_expires_at) ON export_request TO prayermap_member;
CREATE POLICY export_request_seen ON export_request FOR SELECT TO prayermap_member USING (user_id = person());
CREATE POLICY export_request_made ON export_request FOR INSERT TO prayermap_member
  WITH CHECK (user_id = person() AND state = 'pending' AND storage_name = '' AND link_digest IS NULL);
CREATE POLICY export_request_linked ON export_request FOR UPDATE TO prayermap_member
  USING (user_id = person() AND state = 'ready') WITH CHECK (user_id = person() AND state = 'ready');

GRANT SELECT (id, user_id, state, requested_at, started_at, ready_at, expires_at, size) ON export_request
  TO prayermap_staff;
CREATE POLICY export_request_staff ON export_request FOR SELECT TO prayermap_staff USING (true);

-- Use a link up; the file it opens. No row: it was used, it is too old, or there never was one. Whoever comes with it
-- need not be signed in, so it is the server's own to ask.
CREATE FUNCTION take_export_link(word_digest bytea) RETURNS TABLE (export uuid, storage_name text)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE export_request x SET link_digest = NULL, link_expires_at = NULL
  WHERE x.link_digest = word_digest AND x.link_expires_at > now() AND x.state = 'ready' AND x.expires_at > now()
  RETURNING x.id, x.storage_name $$;
REVOKE EXECUTE ON FUNCTION take_export_link(bytea) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION take_export_link(bytea) TO prayermap_app;
