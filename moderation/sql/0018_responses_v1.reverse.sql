-- The functions of 0006 and 0012.
DROP TRIGGER prayer_response_unscreened ON prayer_response;
DELETE FROM unscreened WHERE kind = 'response';

CREATE OR REPLACE FUNCTION next_unscreened(most integer) RETURNS TABLE (kind text, subject uuid, member uuid, is_new boolean, words text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  of_messages uuid[];
  of_prayers uuid[];
BEGIN
  WITH taken AS (
    DELETE FROM unscreened u WHERE u.id IN (
      SELECT x.id FROM unscreened x ORDER BY x.id LIMIT most FOR UPDATE SKIP LOCKED)
    RETURNING u.kind, u.subject)
  SELECT coalesce(array_agg(DISTINCT t.subject) FILTER (WHERE t.kind = 'message'), '{}'),
    coalesce(array_agg(DISTINCT t.subject) FILTER (WHERE t.kind = 'prayer'), '{}') INTO of_messages, of_prayers FROM taken t;
  RETURN QUERY
    SELECT 'message', m.id, p.id, u.created_at > now() - interval '7 days', written_words(m)
    FROM message m LEFT JOIN message_author a ON a.message_id = m.id
    JOIN participant p ON p.id = coalesce(m.sender_id, a.participant_id) JOIN accounts_user u ON u.id = p.user_id
    WHERE m.id = ANY (of_messages) AND m.state = 'live';
  RETURN QUERY
    SELECT 'prayer', y.id, NULL::uuid, u.created_at > now() - interval '7 days', y.title || E'\n' || y.body
    FROM prayer y JOIN accounts_user u ON u.id = author_behind(y.id)
    WHERE y.id = ANY (of_prayers) AND NOT y.is_hidden;
END $$;

CREATE OR REPLACE FUNCTION raise_signal(kind text, subject uuid, signal text, reason text, alone boolean, fresh_report uuid,
  fresh_case uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  said message;
  prayed prayer;
  author participant;
  writer uuid;
  written timestamptz;
  is_hidden boolean;
  current uuid := (SELECT c.id FROM moderation_case c WHERE c.kind = $1 AND c.subject = $2 AND c.state = 'open');
BEGIN
  IF $1 = 'message' THEN
    SELECT * INTO said FROM message m WHERE m.id = $2 AND m.state = 'live';
    SELECT * INTO author FROM participant p WHERE p.id = coalesce(said.sender_id,
      (SELECT a.participant_id FROM message_author a WHERE a.message_id = said.id));
    writer := author.user_id;
    written := coalesce(said.edited_at, said.created_at);
    is_hidden := said.is_anonymous;
  ELSE
    SELECT * INTO prayed FROM prayer y WHERE y.id = $2 AND NOT y.is_hidden;
    writer := author_behind(prayed.id);
    written := prayed.changed_at;
    is_hidden := prayed.is_anonymous;
  END IF;
  IF writer IS NULL THEN
    RETURN 'gone';
  ELSIF EXISTS (SELECT 1 FROM report r WHERE r.reporter_id IS NULL AND r.kind = $1 AND r.subject = $2
      AND r.signal = $3 AND (r.created_at >= written OR r.case_id = current)) THEN
    RETURN 'known';
  ELSIF current IS NULL AND NOT alone THEN
    RETURN 'weak';
  END IF;
  current := gather_case(fresh_case, $1, $2, said.conversation_id, said.seq, $4, writer, author.id, is_hidden);
  IF $1 = 'message' THEN
    PERFORM seal_evidence(current, 'reported', said.id, said.seq, message_as_seen(said));
  ELSE
    PERFORM seal_evidence(current, 'reported', NULL, NULL, jsonb_build_object('prayer', prayed.id,
      'author', prayed.author_id, 'author_name', CASE WHEN is_hidden THEN 'Someone' ELSE (
        SELECT u.display_name FROM accounts_user u WHERE u.id = prayed.author_id) END,
      'is_anonymous', is_hidden, 'kind', prayed.kind, 'title', prayed.title, 'body', prayed.body,
      'place_name', prayed.place_name, 'status', prayed.status, 'created_at', prayed.created_at));
  END IF;
  PERFORM keep_signal(fresh_report, current, $1, $2, said.conversation_id, said.seq, $3, $4);
  RETURN 'raised';
END $$;

CREATE OR REPLACE FUNCTION fitting_decisions(case_id uuid) RETURNS text[]
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

CREATE OR REPLACE FUNCTION impose(d decision) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO sanction (id, decision_id, user_id, kind, reason, statement, conversation_id, seq, prayer_id, until,
    created_at)
  SELECT uuid7_random(clock_timestamp()), d.id, p.user_id, d.kind, d.reason, d.statement, c.conversation_id, c.seq,
    CASE WHEN c.kind = 'prayer' THEN c.subject END, d.until, clock_timestamp()
  FROM moderation_case c JOIN case_party p ON p.case_id = c.id
  WHERE c.id = d.case_id AND d.kind IN ('support', 'hide_message', 'remove_message', 'hide_prayer', 'warn', 'mute',
    'suspend', 'ban', 'bulk_remove') $$;

CREATE OR REPLACE FUNCTION apply_decision(d decision) RETURNS decision_result
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

CREATE OR REPLACE FUNCTION undo_effects(d decision) RETURNS decision_result
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

CREATE OR REPLACE FUNCTION undo_decision(decision_id uuid) RETURNS decision_result
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
