-- Cases: who may see them, and how a look is recorded. The second lock behind moderation/rules.py.

ALTER TABLE report ADD CONSTRAINT report_lengths CHECK (char_length(note) <= 2000 AND char_length(reply) <= 4000);
ALTER TABLE case_note ADD CONSTRAINT case_note_length CHECK (char_length(text) BETWEEN 1 AND 4000);
ALTER TABLE evidence
  ADD CONSTRAINT evidence_digest CHECK (digest = encode(sha256(convert_to(body::text, 'UTF8')), 'hex')),
  ADD CONSTRAINT evidence_size CHECK (octet_length(body::text) <= 131072);

-- What comes first: a life, then harm to come, then harm that was done, then nuisance.
CREATE FUNCTION report_priority(reason text) RETURNS smallint
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN reason = 'self_harm' THEN 1
  WHEN reason IN ('violence', 'sexual') THEN 2
  WHEN reason IN ('harassment', 'hate', 'privacy', 'impersonation') THEN 3
  ELSE 4 END;

-- How long it may wait.
CREATE FUNCTION case_patience(priority smallint) RETURNS interval
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE priority
  WHEN 1 THEN interval '1 hour' WHEN 2 THEN interval '4 hours' WHEN 3 THEN interval '24 hours'
  ELSE interval '72 hours' END;

-- Nobody works on a case about themselves, nor on one that they reported.
CREATE FUNCTION is_involved_in(case_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = $1 AND p.user_id = person())
    OR EXISTS (SELECT 1 FROM report r WHERE r.case_id = $1 AND r.reporter_id = person()) $$;

-- The case that this transaction looks into.
CREATE FUNCTION case_in_view() RETURNS uuid
LANGUAGE sql STABLE PARALLEL SAFE RETURN NULLIF(current_setting('prayermap.case', true), '')::uuid;

-- Look into a case: recorded, and from now to the end of the transaction its private rows can be read.
-- False where there is no such case for the person who acts.
CREATE FUNCTION look_into_case(case_id uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF NOT has_right('case.read') OR is_involved_in($1)
     OR NOT EXISTS (SELECT 1 FROM moderation_case c WHERE c.id = $1) THEN
    RETURN false;
  END IF;
  PERFORM append_audit('case.looked_into', 'case', $1, $1, '{}', '{}');
  PERFORM set_config('prayermap.case', $1::text, true);
  RETURN true;
END $$;

-- Take a case for half an hour, or keep it for another. Outcome: ok | not_found | conflict (closed; somebody else has it;
-- it was read in an older version).
CREATE FUNCTION claim_case(case_id uuid, seen integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found moderation_case;
BEGIN
  SELECT * INTO found FROM moderation_case c WHERE c.id = $1 FOR NO KEY UPDATE;
  IF found.id IS NULL OR NOT has_right('case.work') OR is_involved_in($1) THEN
    RETURN 'not_found';
  END IF;
  IF found.state <> 'open' OR found.version <> seen
     OR (found.claimed_by_id <> person() AND found.claimed_until > now()) THEN
    RETURN 'conflict';
  END IF;
  UPDATE moderation_case c SET claimed_by_id = person(), claimed_until = now() + interval '30 minutes',
    version = c.version + 1 WHERE c.id = $1;
  PERFORM append_audit('case.claimed', 'case', $1, $1, '{}', '{}');
  RETURN 'ok';
END $$;

-- Give it back to the queue.
CREATE FUNCTION release_case(case_id uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE moderation_case c SET claimed_by_id = NULL, claimed_until = NULL, version = c.version + 1
    WHERE c.id = $1 AND c.claimed_by_id = person();
  IF NOT FOUND THEN
    RETURN 'conflict';
  END IF;
  PERFORM append_audit('case.released', 'case', $1, $1, '{}', '{}');
  RETURN 'ok';
END $$;

-- Begin a step of whoever has the case: locks it until the commit, refuses who saw an older version, and lets its
-- private rows be read. Outcome as of claim_case().
CREATE FUNCTION work_on_case(case_id uuid, seen integer) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found moderation_case;
BEGIN
  SELECT * INTO found FROM moderation_case c WHERE c.id = $1 FOR NO KEY UPDATE;
  IF found.id IS NULL OR NOT has_right('case.work') OR is_involved_in($1) THEN
    RETURN 'not_found';
  END IF;
  IF found.state <> 'open' OR found.version <> seen OR found.claimed_by_id IS DISTINCT FROM person()
     OR found.claimed_until <= now() THEN
    RETURN 'conflict';
  END IF;
  UPDATE moderation_case c SET claimed_until = now() + interval '30 minutes', version = c.version + 1 WHERE c.id = $1;
  PERFORM set_config('prayermap.case', $1::text, true);
  RETURN 'ok';
END $$;

ALTER TABLE moderation_case ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_party ENABLE ROW LEVEL SECURITY;
ALTER TABLE report ENABLE ROW LEVEL SECURITY;
ALTER TABLE evidence ENABLE ROW LEVEL SECURITY;
ALTER TABLE case_note ENABLE ROW LEVEL SECURITY;

-- Members: what became of their own reports; not which case they are in, nor who else reported.
GRANT SELECT (id, kind, subject, conversation_id, seq, reporter_id, reason, note, created_at, outcome, reply, answered_at)
  ON report TO prayermap_member;
CREATE POLICY report_own ON report FOR SELECT TO prayermap_member USING (reporter_id = person());

-- Staff: a case without a word of it may be listed; what people wrote is read by looking into it. Cases move by the
-- functions above and those of decisions alone. case_party is sealed.
GRANT SELECT ON moderation_case, evidence, case_note TO prayermap_staff;
GRANT INSERT ON case_note TO prayermap_staff;
GRANT SELECT (id, case_id, kind, subject, conversation_id, seq, reporter_member, signal, reason, note, created_at,
  outcome, reply, answered_at) ON report TO prayermap_staff;
CREATE POLICY case_read ON moderation_case FOR SELECT TO prayermap_staff
  USING ((SELECT has_right('case.read')) AND NOT is_involved_in(id));
CREATE POLICY evidence_in_view ON evidence FOR SELECT TO prayermap_staff USING (case_id = case_in_view());
CREATE POLICY report_in_view ON report FOR SELECT TO prayermap_staff USING (case_id = case_in_view());
CREATE POLICY case_note_in_view ON case_note FOR SELECT TO prayermap_staff USING (case_id = case_in_view());
CREATE POLICY case_note_written ON case_note FOR INSERT TO prayermap_staff
  WITH CHECK (case_id = case_in_view() AND author_id = person() AND (SELECT has_right('case.work')));

REVOKE EXECUTE ON FUNCTION is_involved_in(uuid), look_into_case(uuid), claim_case(uuid, integer), release_case(uuid),
  work_on_case(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_involved_in(uuid), look_into_case(uuid), claim_case(uuid, integer), release_case(uuid),
  work_on_case(uuid, integer) TO prayermap_staff;
