-- send_messages() with a short way for what is nearly always sent: a text under one's own name that answers, mentions and
-- carries nothing, where nothing stands in its way. Everything else, and every refusal, is left to the function of 0041,
-- which is now called send_any_messages().
--
-- Why. Starting 0041's statement costs PostgreSQL more than what it does with a row (docs/performance.md, "A single
-- message"): it has a part for each thing that a message may be. A text needs none of them. Processor time of a
-- message in batches of 1, 5, 20, 100 and 400: see there.
--
-- One judge. Nothing is refused here. A batch is plain or it is not: where one of its requests is anything else than
-- beyond doubt, or somebody was faster, all that was done is undone and send_any_messages() has the word. Conditions here
-- may therefore be stricter than there, never laxer; tests/messaging/test_sql_plain_sends.py sends whatever it can
-- think of both ways and compares answers and rows. Locks are 0041's, in its order, and in rooms of up to eight those of all
-- members: a mark that is just being committed may close a notification without knowing of this message, whose send would
-- take it for open. In larger rooms, and the long way, such a member is told with the next message.
--
-- Known ids aren't looked for: message_pkey refuses them.

CREATE TYPE plain_send AS (
  ord integer, id uuid, conversation uuid, author uuid, member uuid, name text, content text, digest text, seq bigint,
  rev bigint, expires_at timestamptz, is_first boolean, is_last boolean, is_mark boolean, has_untold boolean);

ALTER FUNCTION send_messages(jsonb) RENAME TO send_any_messages;

CREATE FUNCTION send_messages(batch jsonb) RETURNS SETOF send_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
-- A plan made while the tables were empty would scan them for ever: this function lives in a cached plan.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  request jsonb;
  rooms uuid[] := '{}';
  authors uuid[] := '{}';
  small_rooms uuid[];
  moment timestamptz;
  oldest uuid;  -- what a client may name now
  newest uuid;
  plain plain_send[];
  has_untold boolean;
  told send_told[];
  sent plain_send;
  opened uuid[];
BEGIN
  FOR place IN 0..jsonb_array_length(batch) - 1 LOOP
    request := batch->place;
    IF request @> '{"type": "text", "payload": null, "attachment": null, "reply_to": null, "is_anonymous": false}'
        AND request->'mentions' = '[]' AND NOT request ?| '{accepted_at,hops}' THEN
      rooms := rooms || (request->>'conversation')::uuid;
      authors := authors || (request->>'author')::uuid;
    ELSE
      RETURN QUERY SELECT * FROM send_any_messages(batch);
      RETURN;
    END IF;
  END LOOP;

  BEGIN
    SELECT array_agg(c.id) FILTER (WHERE c.active_count <= 8) INTO small_rooms FROM (
      SELECT c.id, c.active_count FROM conversation c WHERE c.id = ANY (rooms) ORDER BY c.id FOR NO KEY UPDATE) c;
    PERFORM 1 FROM participant p
      WHERE p.conversation_id = ANY (rooms)
        AND (p.conversation_id = ANY (small_rooms) OR (NOT p.is_notified AND p.state = 'active' AND p.notification_level = 'all'
            AND (p.muted_until IS NULL OR p.muted_until <= now()))
          OR p.user_id = ANY (authors))
      ORDER BY p.id FOR NO KEY UPDATE;
    moment := clock_timestamp();
    oldest := uuid7_floor(moment - interval '30 days');
    newest := uuid7_floor(moment + interval '5 minutes');

    -- Judge and number. Who had read everything has read what they add, up to the first message of somebody else:
    -- `is_mark` is the last of those.
    SELECT array_agg(s::plain_send), bool_or(s.has_untold) INTO plain, has_untold FROM (
      SELECT r.ord, r.client_id, c.id, r.author, p.id, u.display_name, r.content, r.digests->>0,
        c.latest_seq + row_number() OVER room, c.rev + row_number() OVER room,
        moment + make_interval(secs => c.disappear_after_s),
        row_number() OVER room = 1, lead(p.id) OVER room IS NULL,
        p.read_seq = c.latest_seq AND row_number() OVER room = row_number() OVER own
          AND lead(p.id) OVER room IS DISTINCT FROM p.id,
        row_number() OVER own = 1 AND EXISTS (
          SELECT FROM participant q WHERE q.conversation_id = c.id AND q.state = 'active' AND NOT q.is_notified
            AND q.notification_level = 'all' AND (q.muted_until IS NULL OR q.muted_until <= moment)
            AND q.user_id <> r.author) AS has_untold
      FROM jsonb_to_recordset(batch) AS r(
        ord integer, author uuid, conversation uuid, client_id uuid, content text, digests jsonb)
      JOIN conversation c ON c.id = r.conversation
      JOIN participant p ON p.conversation_id = c.id AND p.user_id = r.author
      JOIN accounts_user u ON u.id = r.author
      WHERE c.is_active AND NOT c.is_frozen AND c.slow_mode_s = 0
        AND p.state = 'active' AND NOT p.is_anonymous AND (p.silenced_until IS NULL OR p.silenced_until <= moment)
        AND u.is_active AND u.banned_at IS NULL AND (u.suspended_until IS NULL OR u.suspended_until <= moment)
        AND r.client_id BETWEEN oldest AND newest
        -- It may stand for an anonymous message, whose own id is another one.
        AND NOT EXISTS (SELECT FROM message_author a WHERE a.client_id = r.client_id)
        -- Of two, the other one is here, and no block is between them.
        AND (c.kind NOT IN ('direct_message', 'prayer_response') OR NOT EXISTS (
          SELECT FROM participant o WHERE o.conversation_id = c.id AND o.user_id <> r.author AND (
            o.state <> 'active'
            OR EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = r.author AND b.blocked_id = o.user_id)
            OR EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = o.user_id AND b.blocked_id = r.author))))
      WINDOW room AS (PARTITION BY c.id ORDER BY r.ord), own AS (PARTITION BY p.id ORDER BY r.ord)) s;

    IF cardinality(plain) IS DISTINCT FROM jsonb_array_length(batch) THEN
      RAISE no_data_found;  -- to undo the locks: send_any_messages() may need others, in their order
    END IF;

    INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions, state,
      request_digest, created_at, expires_at, hops)
    SELECT n.id, n.conversation, n.seq, n.rev, n.member, false, 'text', n.content, '{}', 'live', n.digest, moment,
      n.expires_at, 0
    FROM unnest(plain) n ORDER BY n.id;
    -- Members without an open notification, as in 0041: a latecomer is locked as it is found, without waiting.
    IF has_untold THEN
      SELECT array_agg(t::send_told) INTO told FROM (
        SELECT p.id, p.user_id, n.conversation, n.seq, 'message_received'
        FROM unnest(plain) n JOIN participant p ON p.conversation_id = n.conversation
        WHERE p.state = 'active' AND NOT p.is_notified AND p.notification_level = 'all'
          AND (p.muted_until IS NULL OR p.muted_until <= moment) AND p.user_id <> n.author
          AND NOT EXISTS (SELECT FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_id = n.author)
        FOR NO KEY UPDATE OF p NOWAIT) t;
      UPDATE participant p SET is_notified = true WHERE p.id IN (SELECT t.member FROM unnest(told) t);
      INSERT INTO notification AS n (id, user_id, kind, subject, conversation_id, first_seq, count, created_at,
        updated_at, push_due_at)
      SELECT uuid7_random(moment), t.user_id, t.kind, t.conversation, t.conversation, min(t.new_seq), count(*), moment,
        moment, moment + interval '10 seconds'
      FROM unnest(told) t GROUP BY t.user_id, t.kind, t.conversation
      ON CONFLICT (user_id, kind, subject) DO UPDATE SET
        first_seq = CASE WHEN n.read_at IS NULL THEN n.first_seq ELSE EXCLUDED.first_seq END,
        count = CASE WHEN n.read_at IS NULL THEN n.count ELSE 0 END + EXCLUDED.count,
        read_at = NULL, updated_at = moment, push_due_at = coalesce(n.push_due_at, EXCLUDED.push_due_at), push_tries = 0;
    END IF;
    UPDATE conversation c SET latest_seq = n.seq, rev = n.rev, latest_message_id = n.id, latest_activity_at = moment
      FROM unnest(plain) n WHERE n.is_last AND c.id = n.conversation;
    UPDATE participant p SET read_seq = n.seq, delivered_seq = greatest(p.delivered_seq, n.seq), read_at = moment,
        delivered_at = moment
      FROM unnest(plain) n WHERE n.is_mark AND p.id = n.member;

    FOREACH sent IN ARRAY plain LOOP
      IF told IS NOT NULL THEN
        SELECT array_agg(DISTINCT t.user_id) INTO opened FROM unnest(told) t
          WHERE sent.is_first AND t.conversation = sent.conversation;
      END IF;
      RETURN NEXT ROW(sent.ord, 'ok', sent.id, sent.seq, sent.rev, sent.member, sent.name, false, moment, NULL, NULL,
        NULL, NULL, sent.expires_at, NULL, opened)::send_result;
    END LOOP;
    RETURN;
  EXCEPTION
    -- Not plain; an id that is known; a member whom somebody else holds.
    WHEN no_data_found OR unique_violation OR lock_not_available THEN
      NULL;
  END;
  RETURN QUERY SELECT * FROM send_any_messages(batch);
END $$;

REVOKE EXECUTE ON FUNCTION send_any_messages(jsonb) FROM prayermap_writer;
REVOKE EXECUTE ON FUNCTION send_messages(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION send_messages(jsonb) TO prayermap_writer;
