-- Requests of people about their data are for those of the staff who work on them.

SET LOCAL lock_timeout = '10s';

DROP POLICY erasure_request_staff ON erasure_request;
CREATE POLICY erasure_request_staff ON erasure_request FOR SELECT TO prayermap_staff
  USING ((SELECT has_right('privacy.work')));
DROP POLICY export_request_staff ON export_request;
CREATE POLICY export_request_staff ON export_request FOR SELECT TO prayermap_staff
  USING ((SELECT has_right('privacy.work')));
GRANT SELECT (preview) ON erasure_request TO prayermap_staff;

-- The certificate of an erasure, recorded; NULL where there is none, or not for who asks.
CREATE FUNCTION fetch_certificate(request uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found text;
BEGIN
  IF NOT has_right('privacy.work') THEN
    RETURN NULL;
  END IF;
  SELECT r.certificate::text INTO found FROM erasure_request r WHERE r.id = request;
  IF found IS NOT NULL THEN
    PERFORM append_audit('privacy.certificate_fetched', 'erasure', request, NULL, '{}', '{}');
  END IF;
  RETURN found;
END $$;

-- Whether there is one, without a word of it.
CREATE FUNCTION certified(requests uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id FROM erasure_request r WHERE r.id = ANY (requests) AND r.certificate IS NOT NULL
    AND has_right('privacy.work') $$;

REVOKE EXECUTE ON FUNCTION fetch_certificate(uuid), certified(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION fetch_certificate(uuid), certified(uuid[]) TO prayermap_staff;
