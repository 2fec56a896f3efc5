CREATE OR REPLACE FUNCTION scannable_tables() RETURNS TABLE (name text, root text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.oid::regclass::text, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text FROM pg_class c
  WHERE c.relnamespace = 'public'::regnamespace AND c.relkind = 'r' ORDER BY 1 $$;

DROP FUNCTION month_obstacles(date);
