-- Numbers and lists of the console.

-- Cases opened and closed a day (UTC), oldest day first, for those who may read cases. Uses indexes: moderation_case_pkey,
-- case_closed_at.
CREATE FUNCTION case_flow(days integer) RETURNS TABLE (day date, opened integer, closed integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH span AS (
    SELECT d::date AS day FROM generate_series((now() AT TIME ZONE 'UTC')::date - (days - 1),
      (now() AT TIME ZONE 'UTC')::date, interval '1 day') d),
  opened AS (
    SELECT (c.opened_at AT TIME ZONE 'UTC')::date AS day, count(*)::integer AS number FROM moderation_case c
    WHERE c.id >= uuid7_floor(now() - days * interval '1 day') GROUP BY 1),
  closed AS (
    SELECT (c.closed_at AT TIME ZONE 'UTC')::date AS day, count(*)::integer AS number FROM moderation_case c
    WHERE c.state = 'closed' AND c.closed_at >= now() - days * interval '1 day' GROUP BY 1)
  SELECT s.day, coalesce(o.number, 0), coalesce(e.number, 0)
  FROM span s LEFT JOIN opened o USING (day) LEFT JOIN closed e USING (day)
  WHERE has_right('case.read') ORDER BY s.day $$;

-- Open cases by priority, at most `most` of each.
CREATE FUNCTION case_backlog(most integer) RETURNS TABLE (priority smallint, number integer, oldest timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.priority::smallint, count(c.id)::integer, min(c.opened_at)
  FROM generate_series(1, 4) p(priority) LEFT JOIN LATERAL (
    SELECT x.id, x.opened_at FROM moderation_case x WHERE x.state = 'open' AND x.priority = p.priority
    ORDER BY x.id LIMIT most) c ON true
  WHERE has_right('case.read') GROUP BY p.priority ORDER BY p.priority $$;

-- Cases that name this person, newest first.
CREATE FUNCTION cases_of_person(person_id uuid, most integer)
RETURNS TABLE (id uuid, kind text, reason text, state text, outcome text, opened_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.id, c.kind, c.reason, c.state, c.outcome, c.opened_at
  FROM case_party p JOIN moderation_case c ON c.id = p.case_id
  WHERE p.user_id = $1 AND NOT c.is_sealed AND has_right('case.read') AND NOT is_involved_in(c.id)
  ORDER BY c.id DESC LIMIT most $$;

REVOKE EXECUTE ON FUNCTION case_flow(integer), case_backlog(integer), cases_of_person(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION case_flow(integer), case_backlog(integer), cases_of_person(uuid, integer) TO prayermap_staff;
