-- The archive: months that are over stand in a schema of their own, as partitions of the same parents. So every reader
-- and every policy reaches them as before, and moving one is a change of its name in the catalogue: no row is copied,
-- and no lock is taken on `message`. See docs/decisions/0014-the-archive-is-a-schema.md.

CREATE SCHEMA archive;  -- nobody is granted it: named directly, a month in it is out of everybody's reach

ALTER TABLE archived_month ADD CONSTRAINT archived_month_first CHECK (extract(day FROM month) = 1);
ALTER TABLE archived_month ENABLE ROW LEVEL SECURITY;

-- The tables of which each month has a share; all of them have the same bounds.
CREATE FUNCTION message_parents() RETURNS text[]
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN ARRAY['message', 'delivery_status', 'message_revision', 'reaction'];

-- Bring all shares of a month into `target`, those that are there already left alone; whether there was one to bring.
-- The caller sets lock_timeout. It must be shorter than deadlock_timeout (1 s): so it is always this one that gives way.
CREATE FUNCTION move_message_month(first date, target text) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  source text := CASE target WHEN 'archive' THEN 'public' ELSE 'archive' END;
  shares text[];
  share text;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('create_message_month', 0));  -- two at once take turns
  SELECT coalesce(array_agg(name), '{}') INTO shares
    FROM (SELECT format('%I.%I', source, parent || to_char(first, '_YYYY_MM')) AS name
          FROM unnest(message_parents()) AS parent) named
    WHERE to_regclass(name) IS NOT NULL;
  IF shares = '{}' THEN
    RETURN false;
  END IF;
  -- All or nothing, before anything is changed.
  EXECUTE 'LOCK TABLE ' || array_to_string(shares, ', ') || ' IN ACCESS EXCLUSIVE MODE';
  FOREACH share IN ARRAY shares LOOP
    EXECUTE format('ALTER TABLE %s SET SCHEMA %I', share, target);
  END LOOP;
  RETURN true;
END $$;

-- Move a month into the archive. False: it is there, or there is no such month.
-- Ids may be 30 days old, so a month and the one before it are still written to: 22023.
CREATE FUNCTION archive_message_month(first date, moment timestamptz) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  IF first + interval '3 months' > moment AT TIME ZONE 'UTC' THEN
    RAISE EXCEPTION 'that month is too young for the archive' USING ERRCODE = 'invalid_parameter_value';
  END IF;
  IF NOT move_message_month(first, 'archive') THEN
    RETURN false;
  END IF;
  INSERT INTO archived_month (month, archived_at) VALUES (first, moment)
    ON CONFLICT (month) DO UPDATE SET archived_at = EXCLUDED.archived_at;
  RETURN true;
END $$;

-- The way back. False: it isn't in the archive.
CREATE FUNCTION restore_message_month(first date) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  DELETE FROM archived_month a WHERE a.month = first;
  RETURN move_message_month(first, 'public');
END $$;

-- Every month with its size, oldest first; `messages` as of the last ANALYZE. What is archived says the catalogue.
CREATE FUNCTION stored_months()
RETURNS TABLE (month date, is_archived boolean, archived_at timestamptz, messages bigint, bytes bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT s.month, s.is_archived, a.archived_at, s.messages, s.bytes
  FROM (
    SELECT to_date(right(c.relname, 7), 'YYYY_MM') AS month,
      bool_or(c.relnamespace = 'archive'::regnamespace) AS is_archived,
      coalesce(sum(greatest(c.reltuples, 0)) FILTER (WHERE i.inhparent = 'message'::regclass), 0)::bigint AS messages,
      sum(pg_total_relation_size(c.oid))::bigint AS bytes
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = ANY (message_parents()::regclass[]) GROUP BY 1) s
  LEFT JOIN archived_month a ON a.month = s.month AND s.is_archived ORDER BY 1 $$;

-- As in 0021, and a month in the archive is there already.
CREATE OR REPLACE FUNCTION create_message_part(parent text, first date) RETURNS boolean
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  suffix text := to_char(first, 'YYYY_MM');
  part text := parent || '_' || suffix;
  low uuid := uuid7_floor(first::timestamp AT TIME ZONE 'UTC');
  high uuid := uuid7_floor((first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
BEGIN
  IF to_regclass(part) IS NOT NULL OR to_regclass('archive.' || part) IS NOT NULL THEN
    RETURN false;
  END IF;
  EXECUTE format('CREATE TABLE %I (LIKE %I INCLUDING ALL)', part, parent);
  EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', part);
  IF parent = 'message' THEN
    -- The timeline's index; unique here, since the parent could only have it together with id.
    EXECUTE format('ALTER TABLE %I ADD CONSTRAINT %I UNIQUE (conversation_id, seq)',
                   part, 'message_conversation_seq_' || suffix);
  END IF;
  EXECUTE format('ALTER TABLE %I ATTACH PARTITION %I FOR VALUES FROM (%L) TO (%L)', parent, part, low, high);
  RETURN true;
END $$;

-- It names each month directly, wherever that stands.
ALTER FUNCTION search_messages(text, uuid, text, timestamptz, timestamptz, integer, uuid, integer, double precision)
  SET search_path = public, archive, pg_temp;

REVOKE EXECUTE ON FUNCTION message_parents(), move_message_month(date, text), archive_message_month(date, timestamptz),
  restore_message_month(date), stored_months() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION stored_months() TO prayermap_staff;
