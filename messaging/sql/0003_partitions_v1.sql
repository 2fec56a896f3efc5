-- Months of `message` and `delivery_status`, always made together and with the same bounds.

-- The smallest UUIDv7 of a moment: zeros below the milliseconds (the SQL twin of prayermap.lib.ids.uuid7_floor).
CREATE FUNCTION uuid7_floor(moment timestamptz) RETURNS uuid
LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (lpad(to_hex((extract(epoch FROM moment) * 1000)::bigint), 12, '0') || repeat('0', 20))::uuid;

-- Make the month that starts at `first` (UTC). Returns false when it is there already.
-- CREATE + ATTACH rather than PARTITION OF, which would take ACCESS EXCLUSIVE on the parent; the caller sets
-- lock_timeout. The new tables get row-level security of their own and no grant at all: named directly they
-- would escape their parent's policies.
CREATE FUNCTION create_message_month(first date) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  suffix text := to_char(first, 'YYYY_MM');
  low uuid := uuid7_floor(first::timestamp AT TIME ZONE 'UTC');
  high uuid := uuid7_floor((first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
  part record;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('create_message_month', 0));  -- two at once take turns
  IF to_regclass('message_' || suffix) IS NOT NULL THEN
    RETURN false;
  END IF;
  FOR part IN VALUES ('message', 'id'), ('delivery_status', 'message_id') LOOP
    EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part.column1 || '_' || suffix, part.column1);
    EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part.column1 || '_' || suffix);
    IF part.column1 = 'message' THEN
      -- The timeline's index; unique here, since the parent could only have it together with id.
      EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (conversation_id, seq)',
                     'message_' || suffix, 'message_conversation_seq_' || suffix);
    END IF;
    EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)',
                   part.column1, part.column1 || '_' || suffix, low, high);
  END LOOP;
  RETURN true;
END $$;
REVOKE EXECUTE ON FUNCTION create_message_month(date) FROM PUBLIC;

-- First days of the months that there are, oldest first; for the health check.
CREATE FUNCTION message_months() RETURNS SETOF date
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT to_date(right(c.relname, 7), 'YYYY_MM') FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = 'message'::regclass ORDER BY 1 $$;
REVOKE EXECUTE ON FUNCTION message_months() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION message_months() TO prayermap_app;
