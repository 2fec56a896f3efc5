DROP FUNCTION insight_gauges();
DROP FUNCTION keep_insight(text, jsonb);
DROP FUNCTION make_insights();
DROP FUNCTION index_figures(integer);
DROP FUNCTION statement_figures(integer);
DROP FUNCTION moderation_figures();
DROP FUNCTION health_figures();
DROP FUNCTION make_insight_day(date);
DROP POLICY insight_read ON insight;
DROP POLICY insight_day_read ON insight_day;
ALTER TABLE insight DISABLE ROW LEVEL SECURITY;
ALTER TABLE insight_day DISABLE ROW LEVEL SECURITY;
REVOKE SELECT ON insight_day, insight FROM prayermap_staff;

CREATE OR REPLACE FUNCTION role_rights() RETURNS TABLE (role text, may text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ VALUES
  ('moderator', 'case.read'), ('moderator', 'case.work'), ('moderator', 'case.approve'),
  ('senior moderator', 'case.read'), ('senior moderator', 'case.work'), ('senior moderator', 'case.approve'),
  ('senior moderator', 'case.approve_gravest'), ('senior moderator', 'case.break_glass'),
  ('senior moderator', 'audit.read'),
  ('privacy officer', 'privacy.work'), ('privacy officer', 'audit.read'),
  ('administrator', 'role.give'), ('administrator', 'audit.read') $$;
