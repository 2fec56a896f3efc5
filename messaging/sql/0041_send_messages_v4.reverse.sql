-- send_messages() of 0039.

CREATE OR REPLACE FUNCTION send_messages(batch jsonb) RETURNS SETOF send_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
-- A plan made while the tables were empty would scan them for ever: this function lives in a cached plan.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
  results send_result[];
BEGIN
  PERFORM 1 FROM conversation c
    WHERE c.id IN (SELECT (x->>'conversation')::uuid FROM jsonb_array_elements(batch) x)
    ORDER BY c.id FOR NO KEY UPDATE;
  PERFORM 1 FROM participant p
    WHERE p.conversation_id IN (SELECT (x->>'conversation')::uuid FROM jsonb_array_elements(batch) x)
      -- In a room of a thousand who don't want to be told, locking them all took 15 of 22 ms.
      AND ((NOT p.is_notified AND p.state = 'active' AND p.notification_level = 'all'
          AND (p.muted_until IS NULL OR p.muted_until <= now()))
        OR p.user_id IN (SELECT (x->>'author')::uuid FROM jsonb_array_elements(batch) x)
        OR p.id IN (SELECT m::uuid FROM jsonb_array_elements(batch) x, jsonb_array_elements_text(x->'mentions') m))
    ORDER BY p.id FOR NO KEY UPDATE;
  PERFORM 1 FROM attachment a
    WHERE a.id IN (SELECT (x->>'attachment')::uuid FROM jsonb_array_elements(batch) x)
    ORDER BY a.id FOR NO KEY UPDATE;
  moment := clock_timestamp();

  FOR attempt IN 0..jsonb_array_length(batch) LOOP
    BEGIN
      WITH request AS MATERIALIZED (
        SELECT x.*, row_number() OVER (PARTITION BY x.client_id ORDER BY x.ord) AS copy
        FROM jsonb_to_recordset(batch) AS x(
          ord integer, author uuid, conversation uuid, client_id uuid, fresh_id uuid, type text, content text,
          payload jsonb, attachment uuid, fresh_attachment uuid, reply_to bigint, mentions uuid[], is_anonymous boolean,
          hops smallint, accepted_at timestamptz, digests text[])
      ),
      -- What an id already stands for. The author is NULL for somebody else's anonymous message.
      known AS MATERIALIZED (
        SELECT r.ord, m.id, m.seq, m.rev, m.conversation_id, p.user_id AS author, m.request_digest, m.state
          FROM request r JOIN message m ON m.id = r.client_id
          LEFT JOIN message_author s ON m.sender_id IS NULL AND s.message_id = m.id
          LEFT JOIN participant p ON p.id = coalesce(m.sender_id, s.participant_id)
        UNION ALL
        SELECT r.ord, m.id, m.seq, m.rev, m.conversation_id, p.user_id, m.request_digest, m.state
          FROM request r JOIN message_author a ON a.client_id = r.client_id
          JOIN message m ON m.id = a.message_id JOIN participant p ON p.id = a.participant_id
      ),
      judged AS MATERIALIZED (
        SELECT r.*, k.id AS known_id, k.seq AS known_seq, k.rev AS known_rev,
          p.id AS member, p.is_anonymous AS member_anonymous, p.read_seq, u.display_name,
          c.latest_seq, c.rev AS conversation_rev, c.disappear_after_s, c.slow_mode_s,
          c.slow_mode_s > 0 AND p.role = 'member' AS is_slow, b.id AS blob, a.message_id AS carried_by,
          CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('content_type', b.content_type, 'size', b.size,
            'width', b.width, 'height', b.height, 'duration_ms', b.duration_ms,
            'has_thumbnail', b.thumbnail_name <> '') END AS media,
          ceil(extract(epoch FROM t.sent_at + make_interval(secs => c.slow_mode_s) - moment) * 1000)::integer AS wait_ms,
          CASE WHEN o.state = 'invited' AND o.is_request THEN 3 - (c.latest_seq - o.visible_from_seq + 1) END AS room,
          CASE
            WHEN p.id IS NULL AND l.id IS NULL THEN 'not_found'
            WHEN p.id IS NULL THEN 'forbidden'
            WHEN k.author = r.author AND k.conversation_id = r.conversation
              AND (k.state IN ('deleted', 'erased') OR k.request_digest = ANY (r.digests)) THEN 'duplicate'
            WHEN k.ord IS NOT NULL THEN 'client_id_reused'
            WHEN NOT u.is_active OR u.banned_at IS NOT NULL OR u.suspended_until > moment THEN 'forbidden'
            WHEN r.client_id NOT BETWEEN uuid7_floor(coalesce(r.accepted_at, moment) - interval '30 days')
                                     AND uuid7_floor(coalesce(r.accepted_at, moment) + interval '5 minutes')
              THEN 'client_id_invalid'
            WHEN NOT c.is_active THEN 'conflict'
            WHEN c.is_frozen AND p.role = 'member' THEN 'forbidden'
            WHEN p.silenced_until > moment THEN 'forbidden'
            -- Between two people under their names; `o` is the other one of two.
            WHEN NOT p.is_anonymous AND NOT o.is_anonymous AND (
              EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = r.author AND b.blocked_id = o.user_id)
              OR EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = o.user_id AND b.blocked_id = r.author))
              THEN 'blocked'
            WHEN r.is_anonymous AND NOT p.is_anonymous AND c.active_count < 3 THEN 'anonymity_impossible'
            -- seq has no gaps: what lies in the visible range exists
            WHEN r.reply_to NOT BETWEEN p.visible_from_seq AND c.latest_seq THEN 'invalid:reply_to'
            WHEN cardinality(r.mentions) > 0 AND EXISTS (
              SELECT 1 FROM unnest(r.mentions) AS named(id) WHERE NOT EXISTS (SELECT 1 FROM participant q
                WHERE q.id = named.id AND q.conversation_id = r.conversation AND q.state = 'active'))
              THEN 'invalid:mentions'
            WHEN r.attachment IS NOT NULL AND b.kind IS DISTINCT FROM r.type THEN 'invalid:attachment'
            WHEN c.slow_mode_s > 0 AND p.role = 'member'
              AND t.sent_at > moment - make_interval(secs => c.slow_mode_s) THEN 'rate_limited'
            WHEN r.type IN ('prayer_card', 'prayer_update')
              THEN coalesce(prayer_message_refusal(r.author, r.conversation, r.type, r.payload),
                -- It tells whose it is.
                CASE WHEN r.type = 'prayer_update' AND r.is_anonymous AND NOT p.is_anonymous THEN 'anonymity_impossible' END,
                'ok')
            ELSE 'ok'
          END AS verdict
        FROM request r
        JOIN accounts_user u ON u.id = r.author
        LEFT JOIN conversation c ON c.id = r.conversation
        LEFT JOIN LATERAL (
          SELECT q.* FROM participant q WHERE q.conversation_id = r.conversation AND q.user_id = r.author
            AND q.state = 'active' ORDER BY q.is_anonymous LIMIT 1) p ON true
        LEFT JOIN LATERAL (
          SELECT q.id FROM participant q WHERE q.conversation_id = r.conversation AND q.user_id = r.author
            AND q.state IN ('invited', 'requested') AND q.is_told AND q.declined_at IS NULL LIMIT 1) l ON true
        LEFT JOIN LATERAL (
          SELECT q.* FROM participant q WHERE c.kind IN ('direct_message', 'prayer_response')
            AND q.conversation_id = c.id AND q.user_id <> r.author LIMIT 1) o ON true
        LEFT JOIN known k ON k.ord = r.ord
        LEFT JOIN attachment a ON a.id = r.attachment AND a.user_id = r.author
        LEFT JOIN media_blob b ON b.id = a.blob_id
        LEFT JOIN slow_mode_turn t ON c.slow_mode_s > 0 AND t.participant_id = p.id
      ),
      -- The second of two equal ids in one batch is no send, nor is a second message in slow mode.
      turned AS MATERIALIZED (
        SELECT j.*, row_number() OVER (PARTITION BY j.member ORDER BY j.ord) AS turn
        FROM judged j WHERE j.verdict = 'ok' AND j.copy = 1
      ),
      -- A stranger's messages beyond the third wait.
      ranked AS MATERIALIZED (
        SELECT t.*, row_number() OVER (PARTITION BY t.conversation ORDER BY t.ord) AS place,
          row_number() OVER (PARTITION BY t.attachment ORDER BY t.ord) AS use
        FROM turned t WHERE t.turn = 1 OR NOT t.is_slow
      ),
      fresh AS MATERIALIZED (
        SELECT f.*, f.latest_seq + f.place AS new_seq, f.conversation_rev + f.place AS new_rev,
          f.is_anonymous OR f.member_anonymous AS hidden,
          CASE WHEN f.is_anonymous OR f.member_anonymous THEN f.fresh_id ELSE f.client_id END AS new_id,
          -- A file that is sent again gets an id of its own, so that nothing links the two messages.
          CASE WHEN f.carried_by IS NULL AND f.use = 1 THEN f.attachment ELSE f.fresh_attachment END AS new_attachment,
          moment + make_interval(secs => f.disappear_after_s) AS new_expiry
        FROM ranked f WHERE f.room IS NULL OR f.place <= f.room
      ),
      inserted AS (
        INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, payload,
          attachment_id, reply_to_seq, mentions, state, request_digest, created_at, expires_at, hops)
        SELECT f.new_id, f.conversation, f.new_seq, f.new_rev,
          CASE WHEN f.is_anonymous AND NOT f.member_anonymous THEN NULL ELSE f.member END, f.hidden, f.type,
          f.content, f.payload, CASE WHEN f.attachment IS NOT NULL THEN f.new_attachment END, f.reply_to,
          coalesce(f.mentions, '{}'), 'live', f.digests[1], moment, f.new_expiry, coalesce(f.hops, 0)
        FROM fresh f ORDER BY f.new_id
      ),
      claimed AS (
        UPDATE attachment a SET message_id = f.new_id, conversation_id = f.conversation
        FROM fresh f WHERE a.id = f.attachment AND f.new_attachment = f.attachment
      ),
      carried AS (
        INSERT INTO attachment (id, user_id, blob_id, message_id, conversation_id, created_at)
        SELECT f.new_attachment, f.author, f.blob, f.new_id, f.conversation, moment
        FROM fresh f WHERE f.attachment IS NOT NULL AND f.new_attachment <> f.attachment
      ),
      slowed AS (
        INSERT INTO slow_mode_turn (participant_id, sent_at) SELECT f.member, moment FROM fresh f WHERE f.is_slow
        ON CONFLICT (participant_id) DO UPDATE SET sent_at = EXCLUDED.sent_at
      ),
      sealed AS (
        INSERT INTO message_author (message_id, participant_id, client_id)
        SELECT f.new_id, f.member, f.client_id FROM fresh f WHERE f.hidden ORDER BY f.client_id
      ),
      mentioned AS (
        INSERT INTO mention (participant_id, seq, message_id)
        SELECT DISTINCT named.id, f.new_seq, f.new_id FROM fresh f, unnest(f.mentions) AS named(id)
      ),
      counted AS (
        UPDATE conversation c SET latest_seq = n.seq, rev = n.rev, latest_message_id = n.last_id,
          latest_activity_at = moment
        FROM (SELECT f.conversation, max(f.new_seq) AS seq, max(f.new_rev) AS rev,
                (array_agg(f.new_id ORDER BY f.place DESC))[1] AS last_id
              FROM fresh f GROUP BY f.conversation) n
        WHERE c.id = n.conversation
      ),
      -- Who had read everything has read what they add, up to the first message of somebody else. An anonymous
      -- message of a named member moves nothing: its author's marks are seen by others.
      own AS (
        SELECT f.member, f.new_seq, f.read_seq, f.new_seq - f.read_seq
            - row_number() OVER (PARTITION BY f.member ORDER BY f.new_seq) AS behind
        FROM fresh f WHERE f.member_anonymous OR NOT f.is_anonymous
      ),
      -- Who is told, by kind: members without an open notification (a send has nothing to add to an open one), and
      -- whoever is mentioned. Nobody is told of themselves, nor of somebody they have blocked: a member who is anonymous
      -- is blocked by member id alone, a single anonymous message not at all, so that a block never shows in what happens.
      told AS MATERIALIZED (
        SELECT p.id AS member, p.user_id, f.conversation, f.new_seq, 'message_received' AS kind
        FROM fresh f JOIN participant p ON p.conversation_id = f.conversation
        WHERE p.state = 'active' AND NOT p.is_notified AND p.notification_level = 'all'
          AND (p.muted_until IS NULL OR p.muted_until <= moment)
          AND p.user_id <> f.author AND NOT CASE
            WHEN f.member_anonymous THEN EXISTS (
              SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_member = f.member)
            WHEN f.hidden THEN false
            ELSE EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_id = f.author) END
        UNION ALL
        SELECT p.id, p.user_id, f.conversation, f.new_seq, 'mention'
        FROM fresh f CROSS JOIN LATERAL (SELECT DISTINCT unnest(f.mentions) AS id) named
        JOIN participant p ON p.id = named.id
        WHERE p.notification_level <> 'none'
          AND p.user_id <> f.author AND NOT CASE
            WHEN f.member_anonymous THEN EXISTS (
              SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_member = f.member)
            WHEN f.hidden THEN false
            ELSE EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_id = f.author) END
      ),
      opened AS (
        INSERT INTO notification AS n (id, user_id, kind, subject, conversation_id, first_seq, count, created_at,
          updated_at, push_due_at)
        SELECT uuid7_random(moment), t.user_id, t.kind, t.conversation, t.conversation, min(t.new_seq),
          count(DISTINCT t.new_seq), moment, moment, moment + interval '10 seconds'
        FROM told t GROUP BY t.user_id, t.kind, t.conversation
        ON CONFLICT (user_id, kind, subject) DO UPDATE SET
          first_seq = CASE WHEN n.read_at IS NULL THEN n.first_seq ELSE EXCLUDED.first_seq END,
          count = CASE WHEN n.read_at IS NULL THEN n.count ELSE 0 END + EXCLUDED.count,
          read_at = NULL, updated_at = moment, push_due_at = coalesce(n.push_due_at, EXCLUDED.push_due_at), push_tries = 0
      ),
      -- One UPDATE for both: a member may have written and be told in the same batch.
      marked AS (
        UPDATE participant p SET read_seq = coalesce(n.seq, p.read_seq),
          delivered_seq = greatest(p.delivered_seq, n.seq),
          read_at = CASE WHEN n.seq IS NULL THEN p.read_at ELSE moment END,
          delivered_at = CASE WHEN n.seq IS NULL THEN p.delivered_at ELSE moment END,
          is_notified = p.is_notified OR n.is_told
        FROM (SELECT x.member, max(x.seq) AS seq, bool_or(x.is_told) AS is_told FROM (
                SELECT member, new_seq AS seq, false AS is_told FROM own WHERE behind = 0
                UNION ALL SELECT member, NULL, true FROM told WHERE kind = 'message_received') x
              GROUP BY x.member) n
        WHERE p.id = n.member
      ),
      first_copy AS (
        SELECT j.client_id, j.author, j.conversation, j.digests, j.verdict, j.is_slow, f.new_id, f.new_seq, f.new_rev
        FROM judged j LEFT JOIN fresh f ON f.ord = j.ord WHERE j.copy = 1
      )
      SELECT array_agg(ROW(
          j.ord,
          CASE
            WHEN j.verdict <> 'ok' THEN j.verdict
            WHEN j.copy = 1 THEN CASE WHEN f.ord IS NOT NULL THEN 'ok' WHEN j.is_slow THEN 'rate_limited'
              ELSE 'request_pending' END
            WHEN e.author IS DISTINCT FROM j.author OR e.digests[1] IS DISTINCT FROM j.digests[1] THEN 'client_id_reused'
            WHEN e.new_id IS NULL THEN CASE WHEN e.verdict <> 'ok' THEN e.verdict WHEN e.is_slow THEN 'rate_limited'
              ELSE 'request_pending' END
            ELSE 'duplicate'
          END,
          coalesce(j.known_id, f.new_id, e.new_id), coalesce(j.known_seq, f.new_seq, e.new_seq),
          coalesce(j.known_rev, f.new_rev, e.new_rev),
          CASE WHEN f.is_anonymous AND NOT f.member_anonymous THEN NULL ELSE f.member END,
          CASE WHEN f.hidden THEN 'Someone' ELSE j.display_name END, f.hidden, moment,
          q.name, q.preview,
          CASE WHEN f.attachment IS NOT NULL THEN f.new_attachment END, f.media, f.new_expiry,
          CASE WHEN j.is_slow THEN coalesce(j.wait_ms, j.slow_mode_s * 1000) END,
          CASE WHEN f.place = 1 THEN (SELECT array_agg(DISTINCT t.user_id) FROM told t
            WHERE t.conversation = f.conversation) END)::send_result)
        INTO results
        FROM judged j
        LEFT JOIN fresh f ON f.ord = j.ord
        LEFT JOIN first_copy e ON j.copy > 1 AND e.client_id = j.client_id
        LEFT JOIN LATERAL (
          SELECT CASE WHEN m.is_anonymous THEN 'Someone' ELSE w.display_name END AS name,
            CASE WHEN m.state = 'live' THEN left(m.content, 100) END AS preview
          FROM message m LEFT JOIN participant s ON s.id = m.sender_id LEFT JOIN accounts_user w ON w.id = s.user_id
          WHERE f.reply_to IS NOT NULL AND m.conversation_id = f.conversation AND m.seq = f.reply_to) q ON true;
      RETURN QUERY SELECT * FROM unnest(results);
      RETURN;
    EXCEPTION WHEN unique_violation THEN
      NULL;  -- a rival has just used one of the ids: it is known now
    END;
  END LOOP;
  RAISE EXCEPTION 'send_messages: still in conflict' USING ERRCODE = '40001';
END $$;

DROP TYPE send_told, send_draft, send_known;
