-- Insights: figures about the whole, made by the worker as the owner, read by roles that may. Nothing is computed when
-- somebody looks.

CREATE OR REPLACE FUNCTION role_rights() RETURNS TABLE (role text, may text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ VALUES
  ('moderator', 'case.read'), ('moderator', 'case.work'), ('moderator', 'case.approve'),
  ('senior moderator', 'case.read'), ('senior moderator', 'case.work'), ('senior moderator', 'case.approve'),
  ('senior moderator', 'case.approve_gravest'), ('senior moderator', 'case.break_glass'),
  ('senior moderator', 'audit.read'), ('senior moderator', 'insight.read'),
  ('privacy officer', 'privacy.work'), ('privacy officer', 'audit.read'),
  ('administrator', 'role.give'), ('administrator', 'audit.read'), ('administrator', 'insight.read') $$;

ALTER TABLE insight_day ENABLE ROW LEVEL SECURITY;
ALTER TABLE insight ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON insight_day, insight TO prayermap_staff;
CREATE POLICY insight_day_read ON insight_day FOR SELECT TO prayermap_staff USING ((SELECT has_right('insight.read')));
CREATE POLICY insight_read ON insight FOR SELECT TO prayermap_staff USING ((SELECT has_right('insight.read')));

-- A day (UTC) of messages. Uses index: message_created; an id is at most 30 days older than its message.
-- A turn begins where somebody writes who isn't the author of the message before, or a day after it; it is answered by
-- a message of somebody else within 24 hours. Conversations in which nobody else is are left out.
CREATE FUNCTION make_insight_day(of_day date) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH span AS (
    SELECT of_day::timestamp AT TIME ZONE 'UTC' AS low, (of_day + 1)::timestamp AT TIME ZONE 'UTC' AS high),
  around AS MATERIALIZED (
    SELECT m.conversation_id, m.seq, m.type, m.created_at, char_length(m.content) AS length, p.user_id AS author,
      m.created_at >= s.low AND m.created_at < s.high AS is_of_day
    FROM span s JOIN message m ON m.created_at >= s.low - interval '24 hours' AND m.created_at < s.high + interval '24 hours'
      AND m.id >= uuid7_floor((of_day - 32)::timestamp AT TIME ZONE 'UTC')
    LEFT JOIN message_author a ON a.message_id = m.id
    LEFT JOIN participant p ON p.id = coalesce(m.sender_id, a.participant_id)),
  placed AS (
    SELECT x.*, lag(x.author) OVER w AS author_before, lag(x.created_at) OVER w AS before FROM around x
    WINDOW w AS (PARTITION BY x.conversation_id ORDER BY x.seq)),
  turned AS (
    SELECT t.*, lead(t.author) OVER w AS next_author, lead(t.created_at) OVER w AS next_at
    FROM placed t
    WHERE t.before IS NULL OR t.author_before IS DISTINCT FROM t.author OR t.before < t.created_at - interval '24 hours'
    WINDOW w AS (PARTITION BY t.conversation_id ORDER BY t.seq)),
  answered AS (
    SELECT count(*) AS turns, count(*) FILTER (WHERE t.next_author IS DISTINCT FROM t.author
      AND t.next_at <= t.created_at + interval '24 hours') AS answered
    FROM turned t JOIN conversation c ON c.id = t.conversation_id WHERE t.is_of_day AND c.active_count >= 2)
  INSERT INTO insight_day (day, total_messages, active_senders, active_conversations, avg_message_length, types, turns,
    answered, made_at)
  SELECT of_day, count(*), count(DISTINCT x.author), count(DISTINCT x.conversation_id), avg(x.length),
    (SELECT coalesce(jsonb_object_agg(n.type, n.number), '{}') FROM (
      SELECT y.type, count(*) AS number FROM around y WHERE y.is_of_day GROUP BY y.type) n),
    (SELECT a.turns FROM answered a), (SELECT a.answered FROM answered a), clock_timestamp()
  FROM around x WHERE x.is_of_day
  ON CONFLICT (day) DO UPDATE SET total_messages = EXCLUDED.total_messages, active_senders = EXCLUDED.active_senders,
    active_conversations = EXCLUDED.active_conversations, avg_message_length = EXCLUDED.avg_message_length,
    types = EXCLUDED.types, turns = EXCLUDED.turns, answered = EXCLUDED.answered, made_at = EXCLUDED.made_at $$;

-- Conversation health. Rates are NULL where there is nothing to be a part of: an empty system is neither ill nor well.
-- Responses: of the 30 days that are over for a day, since the last day's turns may still be answered.
CREATE FUNCTION health_figures() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('total_conversations', c.total, 'conversations_with_messages', c.with_messages,
    'avg_messages_per_conversation', c.average, 'turns', d.turns, 'answered', d.answered,
    'response_rate_24h', d.answered::float / nullif(d.turns, 0))
  FROM (SELECT count(*) FILTER (WHERE is_active) AS total, count(*) FILTER (WHERE is_active AND latest_seq > 0) AS with_messages,
      round(avg(latest_seq) FILTER (WHERE is_active AND latest_seq > 0), 2)::float AS average FROM conversation) c,
    (SELECT coalesce(sum(turns), 0)::bigint AS turns, coalesce(sum(answered), 0)::bigint AS answered FROM insight_day
      WHERE day < (now() AT TIME ZONE 'UTC')::date - 1 AND day >= (now() AT TIME ZONE 'UTC')::date - 31) d $$;

-- How moderation went in the last 30 days, in hours; NULL where there was nothing.
-- First look: from the opening of a case to the first look into it. Decision: to the first thing decided in it.
-- Agreement: of what one proposed, the share that a second person confirmed rather than refused.
CREATE FUNCTION moderation_figures() RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  WITH recent AS MATERIALIZED (
    SELECT c.id, c.opened_at, c.state, c.due_at FROM moderation_case c
    WHERE c.id >= uuid7_floor(now() - interval '30 days') AND c.kind <> 'appeal'),
  looks AS (
    SELECT extract(epoch FROM (SELECT min(e.at) FROM audit_entry e WHERE e.case_id = r.id AND e.action = 'case.looked_into')
      - r.opened_at) / 3600 AS hours FROM recent r),
  decided AS (
    SELECT extract(epoch FROM (SELECT min(d.proposed_at) FROM decision d WHERE d.case_id = r.id) - r.opened_at) / 3600
      AS hours FROM recent r),
  appeals AS (
    SELECT count(*) FILTER (WHERE a.state <> 'open') AS decided, count(*) FILTER (WHERE a.state = 'granted') AS granted
    FROM appeal a WHERE a.created_at >= now() - interval '30 days'),
  pairs AS (
    SELECT count(*) FILTER (WHERE d.approved_by_id IS NOT NULL) AS confirmed,
      count(*) FILTER (WHERE d.state = 'refused') AS refused
    FROM decision d WHERE d.proposed_at >= now() - interval '30 days'
      AND d.kind IN ('ban', 'bulk_remove', 'deanonymise', 'purge'))
  SELECT jsonb_build_object('cases', (SELECT count(*) FROM recent),
    'open', (SELECT count(*) FROM recent WHERE state = 'open'),
    'first_look_hours_median', (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) FROM looks),
    'first_look_hours_p90', (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) FROM looks),
    'decision_hours_median', (SELECT percentile_cont(0.5) WITHIN GROUP (ORDER BY hours) FROM decided),
    'decision_hours_p90', (SELECT percentile_cont(0.9) WITHIN GROUP (ORDER BY hours) FROM decided),
    'appeals_decided', a.decided, 'appeal_overturn_rate', a.granted::float / nullif(a.decided, 0),
    'agreement_rate', p.confirmed::float / nullif(p.confirmed + p.refused, 0)) FROM appeals a, pairs p $$;

-- The statements of this database that took most of the time. `state`: ok | missing (no pg_stat_statements here) |
-- not_loaded | forbidden. Their parameters aren't part of them; utility statements, which may hold a value, are left out.
CREATE FUNCTION statement_figures(most integer) RETURNS jsonb
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
DECLARE
  found jsonb;
BEGIN
  IF to_regclass('pg_stat_statements') IS NULL THEN
    RETURN jsonb_build_object('state', 'missing', 'rows', '[]'::jsonb);
  END IF;
  EXECUTE $query$
    SELECT coalesce(jsonb_agg(to_jsonb(s) ORDER BY s.total_ms DESC), '[]') FROM (
      SELECT left(regexp_replace(s.query, '\s+', ' ', 'g'), 300) AS query, s.calls,
        round(s.total_exec_time::numeric, 1) AS total_ms, round(s.mean_exec_time::numeric, 3) AS mean_ms, s.rows,
        round(100.0 * s.shared_blks_hit / nullif(s.shared_blks_hit + s.shared_blks_read, 0), 1) AS cache_hit_percent
      FROM pg_stat_statements s
      WHERE s.dbid = (SELECT oid FROM pg_database WHERE datname = current_database())
        AND s.query ~* '^\s*(--[^\n]*\n\s*)*(select|insert|update|delete|with)\M' AND s.query !~* 'set_config'
      ORDER BY s.total_exec_time DESC LIMIT $1) s $query$ INTO found USING most;
  RETURN jsonb_build_object('state', 'ok', 'rows', found);
EXCEPTION
  WHEN object_not_in_prerequisite_state THEN
    RETURN jsonb_build_object('state', 'not_loaded', 'rows', '[]'::jsonb);
  WHEN insufficient_privilege THEN
    RETURN jsonb_build_object('state', 'forbidden', 'rows', '[]'::jsonb);
END $$;

-- Use of indexes since the statistics were reset, the months of a table taken together; those that are never used last.
CREATE FUNCTION index_figures(most integer) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('state', 'ok', 'rows', coalesce(jsonb_agg(to_jsonb(i) ORDER BY i.scans DESC, i.name), '[]')) FROM (
    SELECT coalesce(s.root, s.relid)::regclass::text AS "table",
      regexp_replace(s.indexrelname, '_?[0-9]{4}_[0-9]{2}', '') AS name, sum(s.idx_scan)::bigint AS scans,
      sum(s.idx_tup_read)::bigint AS tuples_read, sum(s.idx_tup_fetch)::bigint AS tuples_fetched,
      sum(pg_relation_size(s.indexrelid))::bigint AS bytes
    FROM (SELECT x.*, pg_partition_root(x.relid) AS root FROM pg_stat_user_indexes x) s
    WHERE s.schemaname IN ('public', 'archive') GROUP BY 1, 2 ORDER BY 3 DESC LIMIT most) i $$;

CREATE FUNCTION keep_insight(name text, figures jsonb) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO insight (name, figures, made_at) VALUES ($1, $2, clock_timestamp())
  ON CONFLICT (name) DO UPDATE SET figures = EXCLUDED.figures, made_at = EXCLUDED.made_at $$;

-- Everything but the days.
CREATE FUNCTION make_insights() RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT keep_insight('health', health_figures()), keep_insight('moderation', moderation_figures()),
    keep_insight('statements', statement_figures(20)), keep_insight('indexes', index_figures(200)) $$;

-- Numbers for /metrics, which answers on the machine itself alone: of yesterday, and as they were last made.
CREATE FUNCTION insight_gauges() RETURNS TABLE (name text, value double precision)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT 'messaging_day_' || f.key, f.value::float FROM insight_day d,
    jsonb_each_text(to_jsonb(d) - '{day,types,made_at}'::text[]) f
    WHERE d.day = (now() AT TIME ZONE 'UTC')::date - 1 AND f.value IS NOT NULL
  UNION ALL
  SELECT 'messaging_day_messages_of_' || f.key, f.value::float FROM insight_day d, jsonb_each_text(d.types) f
    WHERE d.day = (now() AT TIME ZONE 'UTC')::date - 1
  UNION ALL
  SELECT CASE i.name WHEN 'health' THEN 'conversation_' ELSE 'moderation_' END || f.key, f.value::float
    FROM insight i, jsonb_each_text(i.figures) f
    WHERE i.name IN ('health', 'moderation') AND f.value IS NOT NULL
  UNION ALL
  SELECT 'insights_made_timestamp_seconds', extract(epoch FROM min(i.made_at))::float FROM insight i HAVING count(*) > 0 $$;

REVOKE EXECUTE ON FUNCTION make_insight_day(date), health_figures(), moderation_figures(), statement_figures(integer),
  index_figures(integer), keep_insight(text, jsonb), make_insights(), insight_gauges() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION insight_gauges() TO prayermap_app;
