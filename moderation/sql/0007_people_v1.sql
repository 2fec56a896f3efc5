-- Whom a case is about, as far as it may say so; and what they say to a sanction.

-- Whom this case is about, while it is looked into. Somebody anonymous is named by learn_author() alone.
CREATE FUNCTION party_of(case_id uuid) RETURNS TABLE (person uuid, name text, email text, member uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.display_name::text, u.email::text, p.participant_id
  FROM moderation_case c JOIN case_party p ON p.case_id = c.id JOIN accounts_user u ON u.id = p.user_id
  WHERE c.id = $1 AND NOT c.is_sealed AND c.id = case_in_view() AND has_right('case.read') AND NOT is_involved_in(c.id) $$;

-- Who the anonymous author is, where a decision of two lets the case show it. Every look is recorded. No row: it may not.
CREATE FUNCTION learn_author(case_id uuid) RETURNS TABLE (person uuid, name text, email text)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  IF $1 IS DISTINCT FROM case_in_view() OR NOT has_right('case.read') OR is_involved_in($1)
     OR NOT is_party_known($1) THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT u.id, u.display_name::text, u.email::text FROM case_party p JOIN accounts_user u ON u.id = p.user_id
    WHERE p.case_id = $1;
  PERFORM append_audit('case.author_looked_at', 'case', $1, $1, '{}', '{}');
END $$;

-- What was decided before about whom this case is about, newest first. Cases that don't name them are left out, here
-- and there: two of them would tell that both have the same author.
CREATE FUNCTION party_history(case_id uuid, most integer) RETURNS TABLE (earlier uuid, kind text, reason text,
  outcome text, opened_at timestamptz, decisions text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT o.id, o.kind, o.reason, CASE o.state WHEN 'open' THEN 'open' ELSE o.outcome END, o.opened_at,
    ARRAY(SELECT d.kind FROM decision d WHERE d.case_id = o.id AND d.state = 'effective' ORDER BY d.id)
  FROM moderation_case c JOIN case_party mine ON mine.case_id = c.id
  JOIN case_party theirs ON theirs.user_id = mine.user_id JOIN moderation_case o ON o.id = theirs.case_id
  WHERE c.id = $1 AND c.id = case_in_view() AND is_party_known(c.id) AND has_right('case.read')
    AND o.id <> c.id AND NOT o.is_sealed
  ORDER BY o.id DESC LIMIT most $$;

-- What stands around the reported message now, ten numbers before and after: for a case whose evidence is too little.
-- Recorded apart from the look into the case.
CREATE FUNCTION near_context(case_id uuid) RETURNS TABLE (seq bigint, body jsonb)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case;
BEGIN
  SELECT * INTO c FROM moderation_case x WHERE x.id = $1 AND x.id = case_in_view();
  IF c.id IS NULL OR NOT has_right('case.work') OR is_involved_in($1) OR c.claimed_by_id IS DISTINCT FROM person()
     OR c.claimed_until <= now() OR c.conversation_id IS NULL OR c.seq IS NULL THEN
    RETURN;
  END IF;
  RETURN QUERY SELECT m.seq, message_as_seen(m) FROM message m
    WHERE m.conversation_id = c.conversation_id AND m.seq BETWEEN c.seq - 10 AND c.seq + 10 ORDER BY m.seq;
  PERFORM append_audit('case.context_read', 'case', $1, $1, '{}', '{}');
END $$;

-- Appeal against a sanction of one's own, once. Outcome: ok | duplicate | not_found | conflict (nothing to appeal against
-- any more). Its case is as sealed as the one that it is about.
CREATE FUNCTION file_appeal(sanction_id uuid, words text, fresh_appeal uuid, fresh_case uuid)
RETURNS TABLE (outcome text, appeal uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  s sanction;
  d decision;
  c moderation_case;
  earlier uuid;
BEGIN
  SELECT * INTO s FROM sanction x WHERE x.id = $1 AND x.user_id = person() FOR UPDATE;
  IF s.id IS NULL THEN
    RETURN QUERY SELECT 'not_found', NULL::uuid;
    RETURN;
  END IF;
  SELECT a.id INTO earlier FROM appeal a WHERE a.sanction_id = $1;
  IF earlier IS NOT NULL THEN
    RETURN QUERY SELECT 'duplicate', earlier;
    RETURN;
  END IF;
  IF s.kind = 'support' OR s.ended_at IS NOT NULL THEN
    RETURN QUERY SELECT 'conflict', NULL::uuid;
    RETURN;
  END IF;
  SELECT * INTO d FROM decision x WHERE x.id = s.decision_id;
  SELECT * INTO c FROM moderation_case x WHERE x.id = d.case_id;
  INSERT INTO moderation_case (id, kind, subject, conversation_id, seq, reason, priority, report_count, is_sealed, state,
    outcome, opened_at, due_at, version)
  VALUES ($4, 'appeal', s.id, c.conversation_id, c.seq, s.reason, CASE WHEN s.kind IN ('ban', 'suspend') THEN 2 ELSE 3 END,
    1, c.is_sealed, 'open', '', now(), now() + case_patience(CASE WHEN s.kind IN ('ban', 'suspend') THEN 2::smallint
      ELSE 3::smallint END), 1);
  INSERT INTO case_party (case_id, user_id, participant_id)
    SELECT $4, p.user_id, p.participant_id FROM case_party p WHERE p.case_id = c.id;
  INSERT INTO appeal (id, sanction_id, case_id, decision_id, first_by_id, second_by_id, text, state, created_at, reply)
    VALUES ($3, s.id, $4, d.id, d.proposed_by_id, d.approved_by_id, words, 'open', now(), '');
  PERFORM append_audit('appeal.filed', 'decision', d.id, $4, '{}', '{}');
  RETURN QUERY SELECT 'ok', $3;
END $$;

-- Does this moderator work on a case about this message now? For what only its author may read otherwise.
CREATE FUNCTION works_on_message(message uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM moderation_case c WHERE c.kind = 'message' AND c.subject = $1 AND c.state = 'open'
    AND c.claimed_by_id = person() AND c.claimed_until > now()) AND has_right('case.work') $$;

REVOKE EXECUTE ON FUNCTION party_of(uuid), learn_author(uuid), party_history(uuid, integer),
  near_context(uuid), file_appeal(uuid, text, uuid, uuid), works_on_message(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION party_of(uuid), learn_author(uuid), party_history(uuid, integer),
  near_context(uuid) TO prayermap_staff;
GRANT EXECUTE ON FUNCTION file_appeal(uuid, text, uuid, uuid), works_on_message(uuid) TO prayermap_member;
