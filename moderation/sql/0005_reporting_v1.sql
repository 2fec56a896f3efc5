-- What members report: gathered into cases, with what it was about sealed in the same transaction.
--
-- Each function answers (outcome, report): ok | duplicate (reported before: the first report) | forbidden (oneself) |
-- not_found. Ids are made in Python.

-- A message as others see it, with who wrote it as they are shown: evidence names no anonymous author.
CREATE FUNCTION message_as_seen(said message) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT jsonb_build_object('id', said.id, 'conversation', said.conversation_id, 'seq', said.seq,
    'sender', said.sender_id, 'sender_name', CASE WHEN said.is_anonymous THEN 'Someone' ELSE (
      SELECT u.display_name FROM participant p JOIN accounts_user u ON u.id = p.user_id WHERE p.id = said.sender_id) END,
    'is_anonymous', said.is_anonymous, 'type', said.type, 'content', said.content, 'payload', said.payload,
    'reply_to', said.reply_to_seq, 'state', said.state, 'created_at', said.created_at, 'edited_at', said.edited_at,
    'attachment', (
      SELECT jsonb_build_object('id', a.id, 'kind', b.kind, 'content_type', b.content_type, 'size', b.size,
        'sha256', b.digest)
      FROM attachment a JOIN media_blob b ON b.id = a.blob_id WHERE a.id = said.attachment_id)) $$;

-- Seal one thing; once more it is the same row.
CREATE FUNCTION seal_evidence(case_id uuid, kind text, message_id uuid, seq bigint, body jsonb) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  INSERT INTO evidence (case_id, kind, message_id, seq, body, digest, sealed_at)
  VALUES ($1, $2, $3, $4, $5, encode(sha256(convert_to($5::text, 'UTF8')), 'hex'), clock_timestamp())
  ON CONFLICT ON CONSTRAINT evidence_once DO NOTHING $$;

-- Seal a reported message and what stands up to five numbers before and after it, as far as `from_seq` on.
CREATE FUNCTION seal_message(case_id uuid, conversation uuid, at_seq bigint, from_seq bigint) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT seal_evidence($1, CASE WHEN m.seq = at_seq THEN 'reported' ELSE 'neighbour' END, m.id, m.seq, message_as_seen(m))
  FROM message m WHERE m.conversation_id = $2 AND m.seq BETWEEN greatest(at_seq - 5, from_seq) AND at_seq + 5
  ORDER BY m.seq $$;

-- Seal how a conversation presents itself.
CREATE FUNCTION seal_frame(case_id uuid, conversation uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT seal_evidence($1, 'frame', NULL, NULL, jsonb_build_object('conversation', c.id, 'kind', c.kind,
    'title', c.title, 'description', c.description, 'is_private', c.is_private, 'member_count', c.member_count))
  FROM conversation c WHERE c.id = $2 $$;

-- The open case about this, or a new one. Three reports count as a graver one.
CREATE FUNCTION gather_case(fresh uuid, kind text, subject uuid, conversation uuid, seq bigint, reason text,
  party uuid, party_member uuid, sealed boolean) RETURNS uuid
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  rank smallint := report_priority($6);
  gathered uuid;
BEGIN
  INSERT INTO moderation_case AS c (id, kind, subject, conversation_id, seq, reason, priority, report_count, is_sealed,
    state, outcome, opened_at, due_at, version)
  VALUES ($1, $2, $3, $4, $5, $6, rank, 1, $9, 'open', '', now(), now() + case_patience(rank), 1)
  ON CONFLICT (kind, subject) WHERE state = 'open' DO UPDATE SET
    report_count = c.report_count + 1,
    reason = CASE WHEN rank < c.priority THEN EXCLUDED.reason ELSE c.reason END,
    priority = least(c.priority, rank, CASE WHEN c.report_count = 2 THEN greatest(c.priority - 1, 2) END),
    due_at = least(c.due_at, EXCLUDED.due_at)
  RETURNING c.id INTO gathered;
  IF gathered = $1 AND $7 IS NOT NULL THEN
    INSERT INTO case_party (case_id, user_id, participant_id) VALUES ($1, $7, $8);
  END IF;
  RETURN gathered;
END $$;

CREATE TYPE report_result AS (outcome text, report uuid);

-- What this person reported about this before. The same report on its way twice takes turns.
CREATE FUNCTION earlier_report(kind text, subject uuid) RETURNS uuid
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended('report ' || person() || $1 || $2, 0));
  RETURN (SELECT r.id FROM report r WHERE r.reporter_id = person() AND r.kind = $1 AND r.subject = $2);
END $$;

CREATE FUNCTION keep_report(fresh uuid, case_id uuid, kind text, subject uuid, conversation uuid, seq bigint,
  member uuid, reason text, note text) RETURNS report_result
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO report (id, case_id, kind, subject, conversation_id, seq, reporter_id, reporter_member, signal, reason, note,
    created_at, outcome, reply)
  VALUES ($1, $2, $3, $4, $5, $6, person(), $7, '', $8, $9, now(), '', '');
  -- Which evidence there was, so that the chain tells if it is exchanged later.
  PERFORM append_audit('report.filed', 'case', $2, $2, jsonb_build_object('kind', $3, 'reason', $8, 'evidence',
    (SELECT encode(sha256(convert_to(string_agg(e.digest, ',' ORDER BY e.id), 'UTF8')), 'hex') FROM evidence e
     WHERE e.case_id = $2))::text, '{}');
  RETURN ROW('ok', $1)::report_result;
END $$;

CREATE FUNCTION report_message(conversation uuid, at_seq bigint, reason text, note text, fresh_report uuid,
  fresh_case uuid) RETURNS report_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  me participant;
  said message;
  author participant;
  earlier uuid;
  gathered uuid;
BEGIN
  SELECT * INTO me FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person() AND p.state = 'active'
    ORDER BY p.is_anonymous LIMIT 1;
  SELECT * INTO said FROM message m WHERE m.conversation_id = $1 AND m.seq = at_seq AND m.seq >= me.visible_from_seq;
  IF said.id IS NULL THEN
    RETURN ROW('not_found', NULL)::report_result;
  END IF;
  SELECT * INTO author FROM participant p WHERE p.id = coalesce(said.sender_id,
    (SELECT a.participant_id FROM message_author a WHERE a.message_id = said.id));
  IF author.user_id = person() THEN
    RETURN ROW('forbidden', NULL)::report_result;
  END IF;
  earlier := earlier_report('message', said.id);
  IF earlier IS NOT NULL THEN
    RETURN ROW('duplicate', earlier)::report_result;
  END IF;
  gathered := gather_case(fresh_case, 'message', said.id, $1, at_seq, $3, author.user_id, author.id, said.is_anonymous);
  PERFORM seal_message(gathered, $1, at_seq, me.visible_from_seq);
  RETURN keep_report(fresh_report, gathered, 'message', said.id, $1, at_seq, me.id, $3, $4);
END $$;

-- A member, with what they wrote last as far as the reporter can see it.
CREATE FUNCTION report_member(conversation uuid, member uuid, reason text, note text, fresh_report uuid,
  fresh_case uuid) RETURNS report_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  me participant;
  them participant;
  earlier uuid;
  gathered uuid;
BEGIN
  SELECT * INTO me FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person() AND is_listed_in($1)
    ORDER BY p.state = 'active' DESC, p.is_anonymous LIMIT 1;
  SELECT * INTO them FROM participant p WHERE p.id = member AND p.conversation_id = me.conversation_id;
  IF them.id IS NULL THEN
    RETURN ROW('not_found', NULL)::report_result;
  END IF;
  IF them.user_id = person() THEN
    RETURN ROW('forbidden', NULL)::report_result;
  END IF;
  earlier := earlier_report('member', member);
  IF earlier IS NOT NULL THEN
    RETURN ROW('duplicate', earlier)::report_result;
  END IF;
  gathered := gather_case(fresh_case, 'member', member, $1, NULL, $3, them.user_id, them.id, them.is_anonymous);
  IF me.state = 'active' THEN
    PERFORM seal_evidence(gathered, 'said', m.id, m.seq, message_as_seen(m)) FROM (
      SELECT * FROM message w WHERE w.sender_id = member AND w.seq >= me.visible_from_seq ORDER BY w.seq DESC LIMIT 10) m;
  END IF;
  RETURN keep_report(fresh_report, gathered, 'member', member, $1, NULL, me.id, $3, $4);
END $$;

-- A conversation, with what was written there last; for somebody who is only invited it is the invitation.
-- It is about the owner of a group, the other one of two, the one who invited.
CREATE FUNCTION report_conversation(conversation uuid, reason text, note text, fresh_report uuid, fresh_case uuid)
RETURNS report_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  me participant;
  them participant;
  what text;
  earlier uuid;
  gathered uuid;
BEGIN
  SELECT * INTO me FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person() AND is_listed_in($1)
    ORDER BY p.state = 'active' DESC, p.is_anonymous LIMIT 1;
  IF me.id IS NULL THEN
    RETURN ROW('not_found', NULL)::report_result;
  END IF;
  what := CASE me.state WHEN 'invited' THEN 'invitation' ELSE 'conversation' END;
  earlier := earlier_report(what, $1);
  IF earlier IS NOT NULL THEN
    RETURN ROW('duplicate', earlier)::report_result;
  END IF;
  SELECT * INTO them FROM participant p WHERE p.conversation_id = $1 AND p.user_id <> person()
    ORDER BY coalesce(p.id = me.invited_by AND what = 'invitation', false) DESC, p.state = 'active' DESC, p.role = 'owner' DESC,
      p.created_at, p.id LIMIT 1;
  gathered := gather_case(fresh_case, what, $1, $1, NULL, $2, them.user_id, them.id, coalesce(them.is_anonymous, false));
  PERFORM seal_frame(gathered, $1);
  IF me.state = 'active' THEN
    PERFORM seal_evidence(gathered, 'said', m.id, m.seq, message_as_seen(m)) FROM (
      SELECT * FROM message w WHERE w.conversation_id = $1 AND w.seq >= me.visible_from_seq
      ORDER BY w.seq DESC LIMIT 10) m;
  END IF;
  RETURN keep_report(fresh_report, gathered, what, $1, $1, NULL, me.id, $2, $3);
END $$;

-- A prayer as everybody sees it; conversations have no part in it.
CREATE FUNCTION report_prayer(prayer uuid, reason text, note text, fresh_report uuid, fresh_case uuid)
RETURNS report_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  said prayer;
  author uuid;
  earlier uuid;
  gathered uuid;
BEGIN
  SELECT * INTO said FROM prayer p WHERE p.id = $1 AND NOT p.is_hidden AND person() IS NOT NULL;
  IF said.id IS NULL THEN
    RETURN ROW('not_found', NULL)::report_result;
  END IF;
  author := author_behind(said.id);
  IF author = person() THEN
    RETURN ROW('forbidden', NULL)::report_result;
  END IF;
  earlier := earlier_report('prayer', said.id);
  IF earlier IS NOT NULL THEN
    RETURN ROW('duplicate', earlier)::report_result;
  END IF;
  gathered := gather_case(fresh_case, 'prayer', said.id, NULL, NULL, $2, author, NULL, said.is_anonymous);
  PERFORM seal_evidence(gathered, 'reported', NULL, NULL, jsonb_build_object('prayer', said.id, 'author', said.author_id,
    'author_name', CASE WHEN said.is_anonymous THEN 'Someone' ELSE (
      SELECT u.display_name FROM accounts_user u WHERE u.id = said.author_id) END,
    'is_anonymous', said.is_anonymous, 'kind', said.kind, 'title', said.title, 'body', said.body,
    'place_name', said.place_name, 'status', said.status, 'created_at', said.created_at));
  RETURN keep_report(fresh_report, gathered, 'prayer', said.id, NULL, NULL, NULL, $2, $3);
END $$;

REVOKE EXECUTE ON FUNCTION message_as_seen(message), seal_evidence(uuid, text, uuid, bigint, jsonb),
  seal_message(uuid, uuid, bigint, bigint), seal_frame(uuid, uuid),
  gather_case(uuid, text, uuid, uuid, bigint, text, uuid, uuid, boolean), earlier_report(text, uuid),
  keep_report(uuid, uuid, text, uuid, uuid, bigint, uuid, text, text),
  report_message(uuid, bigint, text, text, uuid, uuid), report_member(uuid, uuid, text, text, uuid, uuid),
  report_conversation(uuid, text, text, uuid, uuid), report_prayer(uuid, text, text, uuid, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION report_message(uuid, bigint, text, text, uuid, uuid),
  report_member(uuid, uuid, text, text, uuid, uuid), report_conversation(uuid, text, text, uuid, uuid),
  report_prayer(uuid, text, text, uuid, uuid) TO prayermap_member;
