-- What the server notices by itself. Run by the worker as the owner, off the send path; no role of requests may.
--
-- Messages are found by when they were written (index message_created), each once. A sender takes its transaction's
-- number (by locking the conversation) before it takes the time. So everything written up to a moment is committed, or
-- never will be, as soon as every transaction has ended whose number is below one that was taken after that moment.
-- That pair is the probe: `probe_at`, `probe_xid`. A transaction that stays open for minutes puts screening off, and
-- nothing is missed. Edits and prayers are few: triggers note their ids.

SET LOCAL lock_timeout = '10s';
ALTER TABLE screening_cursor ENABLE ROW LEVEL SECURITY;
ALTER TABLE unscreened ENABLE ROW LEVEL SECURITY;

CREATE FUNCTION await_screening() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  INSERT INTO unscreened (kind, subject) VALUES (TG_ARGV[0], NEW.id);
  RETURN NULL;
END $$;
CREATE TRIGGER message_unscreened AFTER UPDATE OF content, payload ON message FOR EACH ROW
  WHEN (NEW.state = 'live' AND (OLD.content, OLD.payload) IS DISTINCT FROM (NEW.content, NEW.payload))
  EXECUTE FUNCTION await_screening('message');
CREATE TRIGGER prayer_unscreened AFTER INSERT OR UPDATE OF title, body ON prayer FOR EACH ROW
  EXECUTE FUNCTION await_screening('prayer');

-- What somebody wrote in a message: its text, and the words of its payload.
CREATE FUNCTION written_words(said message) RETURNS text
LANGUAGE sql STABLE SET search_path = public, pg_temp RETURN concat_ws(E'\n', said.content, (
  SELECT string_agg(v.value #>> '{}', E'\n') FROM jsonb_each(said.payload) v
  WHERE jsonb_typeof(v.value) = 'string' AND v.value #>> '{}' !~ '^[0-9a-f-]{36}$'));

-- Take the next texts that were edited, and prayers: at most so many. Their ids are taken before their words are
-- read, so an edit that comes in between is noted anew.
CREATE FUNCTION next_unscreened(most integer) RETURNS TABLE (kind text, subject uuid, member uuid, is_new boolean, words text)
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

-- The next messages in the order in which they were written, at most so many; nothing while another worker reads.
-- Moves the cursor: the caller screens in the same transaction. Call it first there.
CREATE FUNCTION advance_screening(most integer)
RETURNS TABLE (kind text, subject uuid, member uuid, is_new boolean, words text)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz := clock_timestamp();
  mine bigint := pg_current_xact_id()::text::bigint;  -- after the moment
  at screening_cursor;
  batch uuid[];
  last_at timestamptz;
  last_id uuid;
BEGIN
  INSERT INTO screening_cursor (id, screened_to, screened_id)
    VALUES (1, moment - interval '1 day', '00000000-0000-0000-0000-000000000000') ON CONFLICT DO NOTHING;
  SELECT * INTO at FROM screening_cursor c FOR UPDATE SKIP LOCKED;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  -- Numbers of another cluster, whose backup this is, say nothing here.
  IF at.probe_xid IS NULL OR at.probe_xid > mine THEN
    UPDATE screening_cursor c SET probe_at = moment, probe_xid = mine;
    RETURN;
  ELSIF pg_snapshot_xmin(pg_current_snapshot())::text::bigint < at.probe_xid THEN
    RETURN;
  END IF;
  -- An id is at most 30 days older than the message: no older month is looked at.
  SELECT array_agg(n.id ORDER BY n.created_at, n.id), max(n.created_at) INTO batch, last_at FROM (
    SELECT m.id, m.created_at FROM message m
    WHERE m.created_at >= at.screened_to AND m.created_at <= at.probe_at
      AND (m.created_at, m.id) > (at.screened_to, at.screened_id)
      AND m.id >= uuid7_floor(at.screened_to - interval '31 days')
    ORDER BY m.created_at, m.id LIMIT most) n;
  IF coalesce(cardinality(batch), 0) < most THEN  -- all of this probe's
    UPDATE screening_cursor c SET screened_to = at.probe_at, screened_id = 'ffffffff-ffff-ffff-ffff-ffffffffffff',
      probe_at = moment, probe_xid = mine;
  ELSE
    last_id := batch[cardinality(batch)];
    UPDATE screening_cursor c SET screened_to = last_at, screened_id = last_id;
  END IF;
  RETURN QUERY
    SELECT 'message', m.id, p.id, u.created_at > now() - interval '7 days',
      CASE WHEN m.state = 'live' THEN written_words(m) ELSE '' END
    FROM message m LEFT JOIN message_author a ON a.message_id = m.id
    JOIN participant p ON p.id = coalesce(m.sender_id, a.participant_id) JOIN accounts_user u ON u.id = p.user_id
    WHERE m.id = ANY (batch);
END $$;

-- Put a signal into a case as a report that nobody wrote.
CREATE FUNCTION keep_signal(fresh uuid, case_id uuid, kind text, subject uuid, conversation uuid, seq bigint,
  signal text, reason text) RETURNS void
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
BEGIN
  INSERT INTO report (id, case_id, kind, subject, conversation_id, seq, signal, reason, note, created_at, outcome, reply)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, '', clock_timestamp(), '', '');
  PERFORM append_audit('signal.raised', 'case', $2, $2, jsonb_build_object('kind', $3, 'signal', $7, 'reason', $8,
    'evidence', (SELECT encode(sha256(convert_to(string_agg(e.digest, ',' ORDER BY e.id), 'UTF8')), 'hex')
      FROM evidence e WHERE e.case_id = $2))::text, '{}');
END $$;

-- A signal about a text: into its open case, or a new one; where it doesn't open one `alone`, into an open one only.
-- The text alone is sealed, without what stands around it: that is read by whoever takes the case, and recorded.
-- Outcome: raised | known (this text has it already) | weak (nothing is open) | gone.
CREATE FUNCTION raise_signal(kind text, subject uuid, signal text, reason text, alone boolean, fresh_report uuid,
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

-- Members who have written `most` messages within ten minutes, once a day each. `fresh` has two ids for each of them.
CREATE FUNCTION raise_rates(members uuid[], most integer, fresh uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found record;
  current uuid;
  raised integer := 0;
BEGIN
  FOR found IN
    SELECT p.id, p.user_id, p.conversation_id, p.is_anonymous, w.place FROM unnest(members) WITH ORDINALITY AS w(id, place)
    JOIN participant p ON p.id = w.id
    WHERE (SELECT m.created_at FROM message m WHERE m.sender_id = p.id AND m.id >= uuid7_floor(now() - interval '31 days')
        ORDER BY m.seq DESC OFFSET most - 1 LIMIT 1) > now() - interval '10 minutes'
      AND NOT EXISTS (SELECT 1 FROM report r WHERE r.reporter_id IS NULL AND r.kind = 'member' AND r.subject = p.id
        AND r.signal = 'rate' AND (r.created_at > now() - interval '1 day' OR EXISTS (
          SELECT 1 FROM moderation_case c WHERE c.id = r.case_id AND c.state = 'open')))
  LOOP
    current := gather_case(fresh[found.place * 2], 'member', found.id, found.conversation_id, NULL, 'spam', found.user_id,
      found.id, found.is_anonymous);
    PERFORM seal_evidence(current, 'said', m.id, m.seq, message_as_seen(m)) FROM (
      SELECT * FROM message w WHERE w.sender_id = found.id ORDER BY w.seq DESC LIMIT 3) m;
    PERFORM keep_signal(fresh[found.place * 2 - 1], current, 'member', found.id, found.conversation_id, NULL, 'rate', 'spam');
    raised := raised + 1;
  END LOOP;
  RETURN raised;
END $$;

-- Accounts under 7 days that wrote in `most` conversations within an hour, under their names: what is anonymous isn't
-- counted, since the case names the account. Once each.
CREATE FUNCTION raise_new_accounts(members uuid[], most integer, fresh uuid[]) RETURNS integer
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  found record;
  current uuid;
  raised integer := 0;
BEGIN
  FOR found IN
    SELECT DISTINCT ON (u.id) u.id, w.place, seen.newest
    FROM unnest(members) WITH ORDINALITY AS w(id, place) JOIN participant p ON p.id = w.id
    JOIN accounts_user u ON u.id = p.user_id
    CROSS JOIN LATERAL (
      SELECT array_agg(l.id) AS newest FROM participant q CROSS JOIN LATERAL (
        SELECT m.id, m.created_at FROM message m
        WHERE m.sender_id = q.id AND m.id >= uuid7_floor(now() - interval '31 days') ORDER BY m.seq DESC LIMIT 1) l
      WHERE q.user_id = u.id AND NOT q.is_anonymous AND l.created_at > now() - interval '1 hour') seen
    WHERE u.created_at > now() - interval '7 days' AND cardinality(seen.newest) >= most
      AND NOT EXISTS (SELECT 1 FROM report r WHERE r.reporter_id IS NULL AND r.kind = 'person' AND r.subject = u.id
        AND r.signal = 'new_account')
  LOOP
    current := gather_case(fresh[found.place * 2], 'person', found.id, NULL, NULL, 'spam', found.id, NULL, false);
    PERFORM seal_evidence(current, 'said', m.id, m.seq, message_as_seen(m))
      FROM message m WHERE m.id = ANY (found.newest[:10]) AND NOT m.is_anonymous;
    PERFORM keep_signal(fresh[found.place * 2 - 1], current, 'person', found.id, NULL, NULL, 'new_account', 'spam');
    raised := raised + 1;
  END LOOP;
  RETURN raised;
END $$;

REVOKE EXECUTE ON FUNCTION await_screening(), written_words(message), next_unscreened(integer), advance_screening(integer),
  keep_signal(uuid, uuid, text, uuid, uuid, bigint, text, text),
  raise_signal(text, uuid, text, text, boolean, uuid, uuid), raise_rates(uuid[], integer, uuid[]),
  raise_new_accounts(uuid[], integer, uuid[]) FROM PUBLIC;
