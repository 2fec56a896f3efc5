GRANT SELECT (silenced_until) ON participant TO prayermap_staff;
GRANT UPDATE (suspended_until, suspension_reason_code, banned_at) ON accounts_user TO prayermap_staff;
DROP POLICY appeal_own ON appeal;
DROP POLICY sanction_own ON sanction;
DROP POLICY appeal_in_view ON appeal;
DROP POLICY decision_read ON decision;
REVOKE ALL ON decision, sanction, appeal FROM prayermap_member, prayermap_staff;
ALTER TABLE appeal DISABLE ROW LEVEL SECURITY;
ALTER TABLE sanction DISABLE ROW LEVEL SECURITY;
ALTER TABLE decision DISABLE ROW LEVEL SECURITY;

DROP FUNCTION remove_in_bulk(integer);
DROP FUNCTION lapse_decision();
DROP FUNCTION undo_decision(uuid);
DROP FUNCTION refuse_decision(uuid);
DROP FUNCTION approve_decision(uuid);
DROP FUNCTION case_of_decision(uuid);
DROP FUNCTION decide(uuid, integer, uuid, text, text, text, timestamptz, boolean);
DROP FUNCTION decide_appeal(moderation_case, text, text);
DROP FUNCTION close_case(moderation_case, text, text);
DROP FUNCTION undo_effects(decision);
DROP FUNCTION apply_decision(decision);
DROP FUNCTION reader_of(uuid);
DROP FUNCTION impose(decision);
DROP FUNCTION set_writable(uuid, boolean);
DROP FUNCTION set_hidden(uuid, uuid, boolean);
DROP FUNCTION refresh_mute(uuid, uuid);
DROP FUNCTION refresh_standing(uuid);
DROP FUNCTION fitting_decisions(uuid);
DROP FUNCTION is_party_known(uuid);
CREATE OR REPLACE FUNCTION is_involved_in(case_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = $1 AND p.user_id = person())
    OR EXISTS (SELECT 1 FROM report r WHERE r.case_id = $1 AND r.reporter_id = person()) $$;
CREATE OR REPLACE FUNCTION seal_message(case_id uuid, conversation uuid, at_seq bigint, from_seq bigint) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT seal_evidence($1, CASE WHEN m.seq = at_seq THEN 'reported' ELSE 'neighbour' END, m.id, m.seq, message_as_seen(m))
  FROM message m WHERE m.conversation_id = $2 AND m.seq BETWEEN greatest(at_seq - 5, from_seq) AND at_seq + 5
  ORDER BY m.seq $$;
ALTER TABLE appeal DROP CONSTRAINT appeal_first_by, DROP CONSTRAINT appeal_lengths;
ALTER TABLE sanction DROP CONSTRAINT sanction_statement_length;
ALTER TABLE decision DROP CONSTRAINT decision_confirmed_within_a_day, DROP CONSTRAINT decision_statement_length;
DROP TYPE decision_result;
