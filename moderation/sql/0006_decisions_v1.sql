-- Decisions, and what they do. Every function that staff may call judges anew who may, whatever Python has judged.
--
-- Order of locks: the case, then conversations, members, accounts, and last the audit trail.
-- Outcome: ok | not_found | forbidden | conflict.

-- What was done, for telling others after the commit. `person` is set only where the case may name them.
CREATE TYPE decision_result AS (outcome text, decision uuid, state text, conversation uuid, message uuid, rev bigint,
  person uuid);

ALTER TABLE decision
  ADD CONSTRAINT decision_statement_length CHECK (char_length(statement) <= 4000),
  ADD CONSTRAINT decision_confirmed_within_a_day CHECK (confirm_before = proposed_at + interval '24 hours');
ALTER TABLE sanction ADD CONSTRAINT sanction_statement_length CHECK (char_length(statement) <= 4000);
ALTER TABLE appeal
  ADD CONSTRAINT appeal_lengths CHECK (char_length(text) BETWEEN 1 AND 4000 AND char_length(reply) <= 4000),
  ADD CONSTRAINT appeal_first_by FOREIGN KEY (decision_id, first_by_id) REFERENCES decision (id, proposed_by_id);

-- Sealed with what a reported message said before it was edited.
CREATE OR REPLACE FUNCTION seal_message(case_id uuid, conversation uuid, at_seq bigint, from_seq bigint) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT seal_evidence($1, CASE WHEN m.seq = at_seq THEN 'reported' ELSE 'neighbour' END, m.id, m.seq, message_as_seen(m))
  FROM message m WHERE m.conversation_id = $2 AND m.seq BETWEEN greatest(at_seq - 5, from_seq) AND at_seq + 5
  ORDER BY m.seq;
  SELECT seal_evidence($1, 'revision', m.id, m.seq, jsonb_build_object('number', r.number, 'content', r.content,
    'payload', r.payload, 'written_at', r.written_at))
  FROM message m JOIN message_revision r ON r.message_id = m.id
  WHERE m.conversation_id = $2 AND m.seq = at_seq ORDER BY r.number $$;

-- Nobody works on a case about themselves, one that they reported, or an appeal against what they decided.
CREATE OR REPLACE FUNCTION is_involved_in(case_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM case_party p WHERE p.case_id = $1 AND p.user_id = person())
    OR EXISTS (SELECT 1 FROM report r WHERE r.case_id = $1 AND r.reporter_id = person())
    OR EXISTS (SELECT 1 FROM appeal a JOIN decision d ON d.id = a.decision_id
      WHERE a.case_id = $1 AND person() IN (d.proposed_by_id, d.approved_by_id)) $$;

-- May a case show whom it is about? An anonymous author only while a decision of two (or one that waits for the
-- second within a day) says so.
CREATE FUNCTION is_party_known(case_id uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM moderation_case c JOIN case_party p ON p.case_id = c.id
    WHERE c.id = $1 AND (NOT c.is_sealed OR EXISTS (SELECT 1 FROM decision d
      WHERE d.case_id = c.id AND d.kind = 'deanonymise' AND d.state = 'effective'))) $$;

-- What can be decided in this case as it stands.
CREATE FUNCTION fitting_decisions(case_id uuid) RETURNS text[]
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(array_agg(k.kind), '{}') FROM moderation_case c
  LEFT JOIN case_party p ON p.case_id = c.id
  LEFT JOIN participant m ON m.id = p.participant_id
  LEFT JOIN message t ON c.kind = 'message' AND t.id = c.subject
  LEFT JOIN prayer y ON c.kind = 'prayer' AND y.id = c.subject
  LEFT JOIN conversation r ON r.id = c.conversation_id
  CROSS JOIN LATERAL (VALUES
    ('support', c.kind <> 'appeal' AND p.user_id IS NOT NULL),
    ('hide_message', t.state = 'live'),
    ('remove_message', t.state IN ('live', 'hidden')),
    ('hide_prayer', NOT y.is_hidden),
    ('warn', c.kind <> 'appeal' AND p.user_id IS NOT NULL),
    ('mute', c.kind <> 'appeal' AND m.id IS NOT NULL),
    ('suspend', c.kind <> 'appeal' AND is_party_known(c.id)),
    ('ban', c.kind <> 'appeal' AND is_party_known(c.id)),
    ('freeze_conversation', c.kind <> 'appeal' AND r.is_active),
    -- Not where one anonymous message stands for a named member: what vanished with it would tell who it is.
    ('bulk_remove', c.kind IN ('message', 'member') AND m.id IS NOT NULL AND c.is_sealed = m.is_anonymous),
    ('deanonymise', c.kind <> 'appeal' AND c.is_sealed AND p.user_id IS NOT NULL AND NOT is_party_known(c.id)),
    ('purge', c.kind <> 'appeal' AND is_party_known(c.id)),
    ('dismiss', c.kind <> 'appeal'), ('close', c.kind <> 'appeal'),
    ('uphold', c.kind = 'appeal'), ('grant', c.kind = 'appeal')
  ) k(kind, fits)
  WHERE c.id = $1 AND k.fits $$;

-- An account's suspension and ban follow from the sanctions that are in force.
CREATE FUNCTION refresh_standing(of_user uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  UPDATE accounts_user u SET suspended_until = n.until, banned_at = n.banned_at,
    suspension_reason_code = CASE WHEN n.until IS NULL AND n.banned_at IS NULL THEN '' ELSE n.reason END
  FROM (SELECT max(s.until) FILTER (WHERE s.kind = 'suspend') AS until,
      min(s.created_at) FILTER (WHERE s.kind = 'ban') AS banned_at,
      (array_agg(s.reason ORDER BY s.kind = 'ban' DESC, s.created_at DESC))[1] AS reason
    FROM sanction s WHERE s.user_id = of_user AND s.ended_at IS NULL
      AND (s.kind = 'ban' OR (s.kind = 'suspend' AND s.until > now()))) n
  WHERE u.id = of_user $$;

-- A member's mute follows from them, too; whoever is there twice is muted twice.
CREATE FUNCTION refresh_mute(of_user uuid, conversation uuid) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM participant p WHERE p.conversation_id = $2 AND p.user_id = of_user ORDER BY p.id FOR NO KEY UPDATE;
  UPDATE participant p SET silenced_until = (SELECT max(s.until) FROM sanction s
      WHERE s.user_id = of_user AND s.conversation_id = $2 AND s.kind = 'mute' AND s.ended_at IS NULL)
    WHERE p.conversation_id = $2 AND p.user_id = of_user;
END $$;

-- Show or hide a message; NULL where it is neither live nor hidden any more.
CREATE FUNCTION set_hidden(conversation uuid, message uuid, hidden boolean) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  new_rev bigint;
BEGIN
  SELECT c.rev + 1 INTO new_rev FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  UPDATE message m SET state = CASE WHEN $3 THEN 'hidden' ELSE 'live' END, rev = new_rev
    WHERE m.id = $2 AND m.state = CASE WHEN $3 THEN 'live' ELSE 'hidden' END;
  IF NOT FOUND THEN
    RETURN NULL;
  END IF;
  UPDATE conversation c SET rev = new_rev WHERE c.id = $1;
  RETURN new_rev;
END $$;

CREATE FUNCTION set_writable(conversation uuid, writable boolean) RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  UPDATE conversation c SET is_active = $2, rev = c.rev + 1, settings_rev = c.rev + 1
  WHERE c.id = $1 AND c.is_active <> $2 RETURNING c.rev $$;

-- Through whose eyes everybody is told how a conversation now stands. For the role that belongs to nobody: it names one.
CREATE FUNCTION reader_of(conversation uuid) RETURNS uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.user_id FROM participant p WHERE p.conversation_id = $1 AND p.state = 'active'
  ORDER BY p.is_anonymous, p.id LIMIT 1 $$;

-- What whom it hits is told, and what their standing follows from.
CREATE FUNCTION impose(d decision) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO sanction (id, decision_id, user_id, kind, reason, statement, conversation_id, seq, prayer_id, until,
    created_at)
  SELECT uuid7_random(clock_timestamp()), d.id, p.user_id, d.kind, d.reason, d.statement, c.conversation_id, c.seq,
    CASE WHEN c.kind = 'prayer' THEN c.subject END, d.until, clock_timestamp()
  FROM moderation_case c JOIN case_party p ON p.case_id = c.id
  WHERE c.id = d.case_id AND d.kind IN ('support', 'hide_message', 'remove_message', 'hide_prayer', 'warn', 'mute',
    'suspend', 'ban', 'bulk_remove') $$;

-- Do what a decision says that has just become effective.
CREATE FUNCTION apply_decision(d decision) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case;
  party case_party;
  done decision_result;
BEGIN
  SELECT * INTO c FROM moderation_case x WHERE x.id = d.case_id;
  SELECT * INTO party FROM case_party x WHERE x.case_id = d.case_id;
  done := ROW('ok', d.id, 'effective', c.conversation_id, NULL, NULL, NULL)::decision_result;
  PERFORM impose(d);
  CASE d.kind
    WHEN 'hide_message' THEN
      done.message := c.subject;
      done.rev := set_hidden(c.conversation_id, c.subject, true);
    WHEN 'remove_message' THEN
      done.message := c.subject;
      SELECT t.rev INTO done.rev FROM tombstone_messages(ARRAY[c.subject], 'deleted') t;
    WHEN 'hide_prayer' THEN
      UPDATE prayer y SET is_hidden = true, changed_at = now() WHERE y.id = c.subject;
    WHEN 'mute' THEN
      PERFORM refresh_mute(party.user_id, c.conversation_id);
    WHEN 'suspend', 'ban' THEN
      PERFORM refresh_standing(party.user_id);
      done.person := party.user_id;
    WHEN 'freeze_conversation' THEN
      done.rev := set_writable(c.conversation_id, false);
    WHEN 'purge' THEN
      done.person := party.user_id;
    ELSE NULL;
  END CASE;
  UPDATE decision x SET applied_at = CASE WHEN d.kind <> 'bulk_remove' THEN now() END WHERE x.id = d.id;
  RETURN done;
END $$;

-- Take back what a decision did, as far as it can be. Whatever another one holds in place stays.
CREATE FUNCTION undo_effects(d decision) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case;
  party case_party;
  done decision_result;
BEGIN
  SELECT * INTO c FROM moderation_case x WHERE x.id = d.case_id;
  SELECT * INTO party FROM case_party x WHERE x.case_id = d.case_id;
  done := ROW('ok', d.id, 'undone', c.conversation_id, NULL, NULL, NULL)::decision_result;
  UPDATE sanction s SET ended_at = now() WHERE s.decision_id = d.id AND s.ended_at IS NULL;
  CASE d.kind
    WHEN 'hide_message' THEN
      IF NOT EXISTS (SELECT 1 FROM decision o JOIN moderation_case k ON k.id = o.case_id
          WHERE k.kind = 'message' AND k.subject = c.subject AND o.kind = 'hide_message' AND o.state = 'effective'
            AND o.id <> d.id) THEN
        done.message := c.subject;
        done.rev := set_hidden(c.conversation_id, c.subject, false);
      END IF;
    WHEN 'hide_prayer' THEN
      UPDATE prayer y SET is_hidden = false, changed_at = now() WHERE y.id = c.subject AND NOT EXISTS (
        SELECT 1 FROM decision o JOIN moderation_case k ON k.id = o.case_id
        WHERE k.kind = 'prayer' AND k.subject = c.subject AND o.kind = 'hide_prayer' AND o.state = 'effective'
          AND o.id <> d.id);
    WHEN 'mute' THEN
      PERFORM refresh_mute(party.user_id, c.conversation_id);
    WHEN 'suspend', 'ban' THEN
      PERFORM refresh_standing(party.user_id);
    WHEN 'freeze_conversation' THEN
      IF NOT EXISTS (SELECT 1 FROM decision o JOIN moderation_case k ON k.id = o.case_id
          WHERE k.conversation_id = c.conversation_id AND o.kind = 'freeze_conversation' AND o.state = 'effective'
            AND o.id <> d.id) THEN
        done.rev := set_writable(c.conversation_id, true);
      END IF;
    ELSE NULL;
  END CASE;
  RETURN done;
END $$;

CREATE FUNCTION close_case(c moderation_case, how text, reply text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  UPDATE moderation_case x SET state = 'closed', outcome = how, closed_at = now(), claimed_by_id = NULL,
    claimed_until = NULL WHERE x.id = c.id;
  UPDATE report r SET outcome = how, reply = $3, answered_at = now() WHERE r.case_id = c.id AND r.answered_at IS NULL;
END $$;

CREATE FUNCTION decide_appeal(c moderation_case, kind text, reply text) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  about decision;
  done decision_result := ROW('ok', NULL, 'effective', NULL, NULL, NULL, NULL)::decision_result;
BEGIN
  SELECT d.* INTO about FROM appeal a JOIN decision d ON d.id = a.decision_id WHERE a.case_id = c.id FOR UPDATE OF d;
  UPDATE appeal a SET state = CASE $2 WHEN 'grant' THEN 'granted' ELSE 'upheld' END, decided_by_id = person(),
    decided_at = now(), reply = $3, second_by_id = about.approved_by_id WHERE a.case_id = c.id;
  IF $2 = 'grant' AND about.state = 'effective' THEN
    done := undo_effects(about);
    UPDATE decision d SET state = 'undone', ended_by_id = person(), ended_at = now() WHERE d.id = about.id;
  END IF;
  PERFORM close_case(c, CASE $2 WHEN 'grant' THEN 'acted' ELSE 'dismissed' END, '');
  RETURN done;
END $$;

-- Decide in a case that one has. What needs two waits for the second, unless `at_once`.
CREATE FUNCTION decide(case_id uuid, seen integer, fresh uuid, kind text, reason text, statement text,
  until timestamptz, at_once boolean) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  outcome text := work_on_case($1, $2);
  c moderation_case;
  d decision;
  done decision_result;
  needs_two boolean := $4 IN ('ban', 'bulk_remove', 'deanonymise', 'purge');
BEGIN
  SELECT * INTO c FROM moderation_case x WHERE x.id = $1;
  outcome := CASE
    WHEN outcome <> 'ok' THEN outcome
    WHEN $4 <> ALL (fitting_decisions($1)) THEN 'conflict'
    WHEN $8 AND NOT has_right('case.break_glass') THEN 'forbidden'
    WHEN $4 IN ('dismiss', 'close') AND EXISTS (
      SELECT 1 FROM decision x WHERE x.case_id = $1 AND x.state = 'proposed') THEN 'conflict'
    ELSE 'ok' END;
  IF outcome <> 'ok' THEN
    RETURN ROW(outcome, NULL, NULL, NULL, NULL, NULL, NULL)::decision_result;
  END IF;
  INSERT INTO decision (id, case_id, kind, state, reason, statement, until, proposed_by_id, proposed_at, is_break_glass,
    confirm_before)
  VALUES ($3, $1, $4, CASE WHEN needs_two AND NOT $8 THEN 'proposed' ELSE 'effective' END, $5, $6, $7, person(), now(),
    $8, CASE WHEN $8 THEN now() + interval '24 hours' END)
  RETURNING * INTO d;
  IF d.state = 'proposed' THEN
    done := ROW('ok', d.id, 'proposed', NULL, NULL, NULL, NULL)::decision_result;
  ELSIF d.kind IN ('uphold', 'grant') THEN
    done := decide_appeal(c, d.kind, d.statement);
    done.decision := d.id;
  ELSE
    done := apply_decision(d);
  END IF;
  IF d.kind IN ('dismiss', 'close') THEN
    PERFORM close_case(c, CASE d.kind WHEN 'close' THEN 'acted' ELSE 'dismissed' END, d.statement);
  END IF;
  PERFORM append_audit(CASE d.state WHEN 'proposed' THEN 'decision.proposed' ELSE 'decision.made' END, 'decision', d.id,
    d.case_id, jsonb_build_object('kind', d.kind, 'reason', d.reason, 'until', d.until, 'at_once', d.is_break_glass)::text,
    '{}');
  RETURN done;
END $$;

-- The case of a decision, locked; NULL where the person who acts has nothing to do with it.
CREATE FUNCTION case_of_decision(decision_id uuid) RETURNS moderation_case
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case;
BEGIN
  SELECT x.* INTO c FROM moderation_case x WHERE x.id = (SELECT d.case_id FROM decision d WHERE d.id = $1)
    FOR NO KEY UPDATE;
  IF c.id IS NULL OR NOT has_right('case.work') OR is_involved_in(c.id) THEN
    RETURN NULL;
  END IF;
  UPDATE moderation_case x SET version = x.version + 1 WHERE x.id = c.id;
  RETURN c;
END $$;

-- Be the second: what was proposed becomes effective, what was done at once stays.
CREATE FUNCTION approve_decision(decision_id uuid) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case := case_of_decision($1);
  d decision;
  done decision_result := ROW('ok', $1, 'effective', NULL, NULL, NULL, NULL)::decision_result;
BEGIN
  SELECT * INTO d FROM decision x WHERE x.id = $1 FOR UPDATE;
  done.outcome := CASE
    WHEN c.id IS NULL THEN 'not_found'
    WHEN d.proposed_by_id = person() OR NOT has_right(
      CASE WHEN d.kind IN ('deanonymise', 'purge') THEN 'case.approve_gravest' ELSE 'case.approve' END) THEN 'forbidden'
    WHEN d.state = 'proposed' AND c.state = 'open' AND d.kind = ANY (fitting_decisions(c.id)) THEN 'ok'
    WHEN d.state = 'effective' AND d.is_break_glass AND d.approved_by_id IS NULL AND d.confirm_before > now() THEN 'ok'
    ELSE 'conflict' END;
  IF done.outcome <> 'ok' THEN
    RETURN done;
  END IF;
  UPDATE decision x SET state = 'effective', approved_by_id = person(), approved_at = now() WHERE x.id = $1;
  IF d.state = 'proposed' THEN
    done := apply_decision(d);
  END IF;
  PERFORM append_audit('decision.approved', 'decision', d.id, d.case_id, jsonb_build_object('kind', d.kind)::text, '{}');
  RETURN done;
END $$;

-- Say no to what waits for a second, or take it back oneself; what was done at once is undone.
CREATE FUNCTION refuse_decision(decision_id uuid) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case := case_of_decision($1);
  d decision;
  done decision_result := ROW('ok', $1, 'refused', NULL, NULL, NULL, NULL)::decision_result;
BEGIN
  SELECT * INTO d FROM decision x WHERE x.id = $1 FOR UPDATE;
  done.outcome := CASE
    WHEN c.id IS NULL THEN 'not_found'
    WHEN d.state = 'proposed' THEN 'ok'
    WHEN d.state = 'effective' AND d.is_break_glass AND d.approved_by_id IS NULL THEN 'ok'
    ELSE 'conflict' END;
  IF done.outcome <> 'ok' THEN
    RETURN done;
  END IF;
  IF d.state = 'effective' THEN
    done := undo_effects(d);
  END IF;
  UPDATE decision x SET state = 'refused', ended_by_id = person(), ended_at = now() WHERE x.id = $1;
  PERFORM append_audit('decision.refused', 'decision', d.id, d.case_id, jsonb_build_object('kind', d.kind)::text, '{}');
  RETURN done;
END $$;

-- Undo what was decided. A closed case is opened again by undoing what closed it.
CREATE FUNCTION undo_decision(decision_id uuid) RETURNS decision_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  c moderation_case := case_of_decision($1);
  d decision;
  done decision_result := ROW('ok', $1, 'undone', NULL, NULL, NULL, NULL)::decision_result;
BEGIN
  SELECT * INTO d FROM decision x WHERE x.id = $1 FOR UPDATE;
  done.outcome := CASE
    WHEN c.id IS NULL THEN 'not_found'
    WHEN d.state <> 'effective' OR d.kind NOT IN ('hide_message', 'hide_prayer', 'warn', 'mute', 'suspend', 'ban',
      'freeze_conversation', 'deanonymise', 'dismiss', 'close') THEN 'conflict'
    WHEN d.kind = 'ban' AND NOT has_right('case.approve') THEN 'forbidden'
    WHEN d.kind IN ('dismiss', 'close') AND (c.state = 'open' OR EXISTS (SELECT 1 FROM moderation_case o
      WHERE o.kind = c.kind AND o.subject = c.subject AND o.state = 'open')) THEN 'conflict'
    ELSE 'ok' END;
  IF done.outcome <> 'ok' THEN
    RETURN done;
  END IF;
  done := undo_effects(d);
  UPDATE decision x SET state = 'undone', ended_by_id = person(), ended_at = now() WHERE x.id = $1;
  IF d.kind IN ('dismiss', 'close') THEN
    UPDATE moderation_case x SET state = 'open', outcome = '', closed_at = NULL,
      due_at = now() + case_patience(x.priority) WHERE x.id = c.id;
  END IF;
  PERFORM append_audit('decision.undone', 'decision', d.id, d.case_id, jsonb_build_object('kind', d.kind)::text, '{}');
  RETURN done;
END $$;

-- What nobody confirmed: done at once and a day old, or proposed a week ago. One decision a call; no row: none is left.
-- For the worker, as the owner.
CREATE FUNCTION lapse_decision() RETURNS SETOF decision_result
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  d decision;
  done decision_result;
BEGIN
  SELECT x.* INTO d FROM decision x
    WHERE (x.state = 'effective' AND x.is_break_glass AND x.approved_by_id IS NULL AND x.confirm_before <= now())
      OR (x.state = 'proposed' AND x.id < uuid7_floor(now() - interval '7 days'))
    ORDER BY x.id LIMIT 1;
  IF d.id IS NULL THEN
    RETURN;
  END IF;
  UPDATE moderation_case c SET version = c.version + 1 WHERE c.id = d.case_id;
  SELECT x.* INTO d FROM decision x WHERE x.id = d.id FOR UPDATE;
  IF d.state = 'effective' AND d.approved_by_id IS NULL THEN
    done := undo_effects(d);
  ELSE
    done := ROW('ok', d.id, 'lapsed', NULL, NULL, NULL, NULL)::decision_result;
  END IF;
  IF d.state = 'proposed' OR (d.state = 'effective' AND d.approved_by_id IS NULL) THEN
    UPDATE decision x SET state = 'lapsed', ended_at = now() WHERE x.id = d.id;
    PERFORM append_audit('decision.lapsed', 'decision', d.id, d.case_id, jsonb_build_object('kind', d.kind)::text, '{}');
  END IF;
  RETURN NEXT done;
END $$;

-- Go on with the removal of everything that a member wrote in a conversation before it was approved.
-- No row: nothing is left to do anywhere. For the worker, as the owner.
CREATE FUNCTION remove_in_bulk(most integer) RETURNS TABLE (message uuid, rev bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  d decision;
  ids uuid[];
BEGIN
  LOOP
    SELECT x.* INTO d FROM decision x WHERE x.kind = 'bulk_remove' AND x.state = 'effective' AND x.applied_at IS NULL
      ORDER BY x.id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF d.id IS NULL THEN
      RETURN;
    END IF;
    -- Uses index: message_sender
    ids := ARRAY(SELECT m.id FROM message m JOIN case_party p ON p.case_id = d.case_id AND m.sender_id = p.participant_id
      WHERE m.state IN ('live', 'hidden') AND m.created_at <= d.approved_at ORDER BY m.seq LIMIT most);
    IF cardinality(ids) > 0 THEN
      RETURN QUERY SELECT t.id, t.rev FROM tombstone_messages(ids, 'deleted') t;
      RETURN;
    END IF;
    UPDATE decision x SET applied_at = now() WHERE x.id = d.id;
  END LOOP;
END $$;

ALTER TABLE decision ENABLE ROW LEVEL SECURITY;
ALTER TABLE sanction ENABLE ROW LEVEL SECURITY;
ALTER TABLE appeal ENABLE ROW LEVEL SECURITY;

-- Staff: what was decided, by whom. Not whom it hit: that is the case's to show.
GRANT SELECT ON decision TO prayermap_staff;
CREATE POLICY decision_read ON decision FOR SELECT TO prayermap_staff
  USING ((SELECT has_right('case.read')) AND NOT is_involved_in(case_id));
GRANT SELECT ON appeal TO prayermap_staff;
CREATE POLICY appeal_in_view ON appeal FOR SELECT TO prayermap_staff USING (case_id = case_in_view());

-- Members: their own sanctions and appeals, not who decided.
GRANT SELECT (id, user_id, kind, reason, statement, conversation_id, seq, prayer_id, until, created_at,
  ended_at)
  ON sanction TO prayermap_member;
CREATE POLICY sanction_own ON sanction FOR SELECT TO prayermap_member USING (user_id = person());
GRANT SELECT (id, sanction_id, text, state, created_at, decided_at, reply) ON appeal TO prayermap_member;
CREATE POLICY appeal_own ON appeal FOR SELECT TO prayermap_member USING (EXISTS (
  SELECT 1 FROM sanction s WHERE s.id = sanction_id AND s.user_id = person()));

-- Standing follows from decisions alone. How long somebody is muted would tell who wrote an anonymous message.
REVOKE UPDATE (suspended_until, suspension_reason_code, banned_at) ON accounts_user FROM prayermap_staff;
REVOKE SELECT (silenced_until) ON participant FROM prayermap_staff;

REVOKE EXECUTE ON FUNCTION reader_of(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION reader_of(uuid) TO prayermap_writer;
REVOKE EXECUTE ON FUNCTION is_party_known(uuid), fitting_decisions(uuid), refresh_standing(uuid),
  refresh_mute(uuid, uuid), set_hidden(uuid, uuid, boolean), set_writable(uuid, boolean), impose(decision),
  apply_decision(decision), undo_effects(decision), close_case(moderation_case, text, text),
  decide_appeal(moderation_case, text, text), case_of_decision(uuid),
  decide(uuid, integer, uuid, text, text, text, timestamptz, boolean), approve_decision(uuid), refuse_decision(uuid),
  undo_decision(uuid), lapse_decision(), remove_in_bulk(integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_party_known(uuid), fitting_decisions(uuid),
  decide(uuid, integer, uuid, text, text, text, timestamptz, boolean), approve_decision(uuid), refuse_decision(uuid),
  undo_decision(uuid) TO prayermap_staff;
