-- People's requests about their data, legal holds, and the scan that proves an erasure.

ALTER TABLE erasure_request ENABLE ROW LEVEL SECURITY;
ALTER TABLE legal_hold ENABLE ROW LEVEL SECURITY;

-- A person asks, looks, and takes back. The salt and the counts are the worker's: they tell of anonymous traces.
GRANT SELECT (id, user_id, client_id, state, origin, requested_at, due_at, deadline_at, begun_at, named_at, done_at,
  cancelled_at, preview), INSERT, UPDATE (state, cancelled_at) ON erasure_request TO prayermap_member;
CREATE POLICY erasure_request_seen ON erasure_request FOR SELECT TO prayermap_member USING (user_id = person());
CREATE POLICY erasure_request_made ON erasure_request FOR INSERT TO prayermap_member
  WITH CHECK (user_id = person() AND state = 'pending' AND origin = 'person' AND begun_at IS NULL);
CREATE POLICY erasure_request_cancelled ON erasure_request FOR UPDATE TO prayermap_member
  USING (user_id = person() AND state IN ('pending', 'held')) WITH CHECK (user_id = person() AND state = 'cancelled');

GRANT SELECT (id, user_id, state, origin, requested_at, due_at, deadline_at, begun_at, named_at, done_at, cancelled_at)
  ON erasure_request TO prayermap_staff;
CREATE POLICY erasure_request_staff ON erasure_request FOR SELECT TO prayermap_staff USING (true);
GRANT SELECT, INSERT, UPDATE (released_at) ON legal_hold TO prayermap_staff;
CREATE POLICY legal_hold_staff ON legal_hold TO prayermap_staff USING (true);

-- Every table that holds rows, and the one it is a month of (itself where it is none). Run by the owner.
CREATE FUNCTION scannable_tables() RETURNS TABLE (name text, root text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.oid::regclass::text, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1 $$;

-- In which columns of a table a word stands, whatever their type, and in how many rows; bytes are searched as well.
-- Reads the table from end to end. Run by the owner.
CREATE FUNCTION find_word(name text, word text) RETURNS TABLE (column_name text, hits bigint)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  needle text := lower(word);
  bytes text := encode(convert_to(word, 'UTF8'), 'hex');
  is_here boolean;
BEGIN
  EXECUTE format('SELECT EXISTS (SELECT 1 FROM %s t WHERE strpos(lower(t::text), $1) > 0 OR strpos(t::text, $2) > 0)',
    name::regclass) INTO is_here USING needle, bytes;
  IF NOT is_here THEN
    RETURN;
  END IF;
  FOR column_name IN SELECT a.attname FROM pg_attribute a
    WHERE a.attrelid = name::regclass AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
  LOOP
    EXECUTE format('SELECT count(*) FROM %s t WHERE strpos(lower(t.%I::text), $1) > 0 OR strpos(t.%I::text, $2) > 0',
      name::regclass, column_name, column_name) INTO hits USING needle, bytes;
    IF hits > 0 THEN
      RETURN NEXT;
    END IF;
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION scannable_tables(), find_word(text, text) FROM PUBLIC;
