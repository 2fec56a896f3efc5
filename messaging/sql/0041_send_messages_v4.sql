-- send_messages() as in 0039, and as strict, with other locks and for less.
--
-- Locks. Those of 0039 could meet those of mark_receipts() in a circle: who had an open notification when members were
-- locked, and none by the time they were told, was told without having been locked first, out of order, while a mark held
-- that member and waited for another one. Now nobody is waited for out of order. Who is told is locked as it is found,
-- without waiting; all but such latecomers are locked already. If somebody else holds one, this attempt is undone with its
-- locks, and the next one locks every member of these conversations in order: then nobody can come late, so there is no
-- third. (SKIP LOCKED instead would leave such a member untold: the mark that holds it need not know of the new message.)
-- Locks and writes are of one subtransaction: a row that one transaction locks and another one of its family updates costs
-- a multixact and an entry of the log, which each send paid for each row that it locked. Ids are taken out of the batch
-- once: joined to it, members were found by reading the whole of participant_once for as long as it was small (1,200
-- members: 0.8 ms of a send).
--
-- Cost. Starting the one statement that did everything took PostgreSQL longer than doing it, and in large batches requests
-- were joined with what became of them row by row. Processor time of a message in batches of 1, 20, 100 and 400 with these
-- locks: 1.5, 0.16, 0.09 and 0.09 ms instead of 1.8, 0.18, 0.12 and 0.14. So:
--
-- 1. Lock.
-- 2. Look whether an id is known already: in the months of these ids alone. Hardly ever one is.
-- 3. Judge, number, insert, count and mark in one statement. Every request goes through it as one row; `is_fresh` are those
--    that become messages.
-- 4. Mentions, files, slow mode, seals, notifications and quotes where there are any, in statements of their own. The
--    subtransaction holds all of it together.
--
-- Requests, outcomes and what rivals do are described in 0012.

CREATE TYPE send_known AS (
  client_id uuid, id uuid, seq bigint, rev bigint, conversation_id uuid, author uuid, request_digest text, state text);
CREATE TYPE send_draft AS (
  ord integer, author uuid, conversation uuid, client_id uuid, new_id uuid, new_seq bigint, member uuid, hidden boolean,
  member_anonymous boolean, is_slow boolean, mentions uuid[], attachment uuid, new_attachment uuid, blob uuid,
  reply_to bigint);
CREATE TYPE send_told AS (member uuid, user_id uuid, conversation uuid, new_seq bigint, kind text);

CREATE OR REPLACE FUNCTION send_messages(batch jsonb) RETURNS SETOF send_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
-- A plan made while the tables were empty would scan them for ever: this function lives in a cached plan.
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
  oldest uuid;  -- what a client may name now
  newest uuid;
  rooms uuid[];
  authors uuid[];
  named uuid[];
  files uuid[];
  ids uuid[];
  least_id uuid;
  greatest_id uuid;
  is_crowded boolean := false;
  known send_known[];
  results send_result[];
  drafts send_draft[];
  told send_told[];
  firsts integer[];
  first_rooms uuid[];
BEGIN
  SELECT array_agg(DISTINCT (x->>'conversation')::uuid), array_agg(DISTINCT (x->>'author')::uuid),
      coalesce(array_agg((x->>'attachment')::uuid) FILTER (WHERE x->>'attachment' IS NOT NULL), '{}'),
      array_agg((x->>'client_id')::uuid ORDER BY (x->>'client_id')::uuid)
    INTO rooms, authors, files, ids FROM jsonb_array_elements(batch) x;
  SELECT coalesce(array_agg(m::uuid), '{}') INTO named
    FROM jsonb_array_elements(batch) x, jsonb_array_elements_text(x->'mentions') m;
  least_id := ids[1];
  greatest_id := ids[cardinality(ids)];

  FOR attempt IN 0..jsonb_array_length(batch) + 1 LOOP
    BEGIN
      PERFORM 1 FROM conversation c WHERE c.id = ANY (rooms) ORDER BY c.id FOR NO KEY UPDATE;
      PERFORM 1 FROM participant p
        WHERE p.conversation_id = ANY (rooms)
          -- In a room of a thousand who don't want to be told, locking them all took 15 of 22 ms.
          AND (is_crowded OR (NOT p.is_notified AND p.state = 'active' AND p.notification_level = 'all'
              AND (p.muted_until IS NULL OR p.muted_until <= now()))
            OR p.user_id IN (SELECT unnest(authors)) OR p.id IN (SELECT unnest(named)))
        ORDER BY p.id FOR NO KEY UPDATE;
      IF cardinality(files) > 0 THEN
        PERFORM 1 FROM attachment a WHERE a.id = ANY (files) ORDER BY a.id FOR NO KEY UPDATE;
      END IF;
      moment := clock_timestamp();
      oldest := uuid7_floor(moment - interval '30 days');
      newest := uuid7_floor(moment + interval '5 minutes');

      -- What an id already stands for, which is rare. Only the months of these ids are looked at.
      known := NULL;
      IF EXISTS (SELECT FROM message m WHERE m.id BETWEEN least_id AND greatest_id AND m.id = ANY (ids))
          OR EXISTS (SELECT FROM message_author a WHERE a.client_id = ANY (ids)) THEN
        SELECT array_agg(k::send_known) INTO known FROM (
          -- The author is NULL for somebody else's anonymous message.
          SELECT m.id AS client_id, m.id, m.seq, m.rev, m.conversation_id, p.user_id AS author, m.request_digest, m.state
            FROM message m LEFT JOIN message_author s ON m.sender_id IS NULL AND s.message_id = m.id
            LEFT JOIN participant p ON p.id = coalesce(m.sender_id, s.participant_id)
            WHERE m.id = ANY (ids)
          UNION ALL
          SELECT a.client_id, m.id, m.seq, m.rev, m.conversation_id, p.user_id, m.request_digest, m.state
            FROM message_author a JOIN message m ON m.id = a.message_id JOIN participant p ON p.id = a.participant_id
            WHERE a.client_id = ANY (ids)) k;
      END IF;

      WITH request AS MATERIALIZED (
        SELECT x.*, row_number() OVER (PARTITION BY x.client_id ORDER BY x.ord) AS copy
        FROM jsonb_to_recordset(batch) AS x(
          ord integer, author uuid, conversation uuid, client_id uuid, fresh_id uuid, type text, content text,
          payload jsonb, attachment uuid, fresh_attachment uuid, reply_to bigint, mentions uuid[], is_anonymous boolean,
          hops smallint, accepted_at timestamptz, digests text[])
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
            WHEN k.id IS NOT NULL THEN 'client_id_reused'
            WHEN NOT u.is_active OR u.banned_at IS NOT NULL OR u.suspended_until > moment THEN 'forbidden'
            WHEN r.accepted_at IS NULL AND r.client_id NOT BETWEEN oldest AND newest THEN 'client_id_invalid'
            WHEN r.client_id NOT BETWEEN uuid7_floor(r.accepted_at - interval '30 days')
                                     AND uuid7_floor(r.accepted_at + interval '5 minutes')
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
        LEFT JOIN unnest(known) k ON k.client_id = r.client_id
        LEFT JOIN attachment a ON a.id = r.attachment AND a.user_id = r.author
        LEFT JOIN media_blob b ON b.id = a.blob_id
        LEFT JOIN slow_mode_turn t ON c.slow_mode_s > 0 AND t.participant_id = p.id
      ),
      -- The second of two equal ids in one batch is no send, nor is a second message in slow mode.
      turned AS MATERIALIZED (
        SELECT j.*, row_number() OVER (PARTITION BY j.is_good, j.member ORDER BY j.ord) AS turn
        FROM (SELECT *, verdict = 'ok' AND copy = 1 AS is_good FROM judged) j
      ),
      -- A stranger's messages beyond the third wait.
      ranked AS MATERIALIZED (
        SELECT t.*, row_number() OVER (PARTITION BY t.is_ready, t.conversation ORDER BY t.ord) AS place,
          row_number() OVER (PARTITION BY t.is_ready, t.attachment ORDER BY t.ord) AS use
        FROM (SELECT *, is_good AND (turn = 1 OR NOT is_slow) AS is_ready FROM turned) t
      ),
      -- Every request, settled; `fresh` are those that become messages.
      settled AS MATERIALIZED (
        SELECT f.*, f.is_ready AND (f.room IS NULL OR f.place <= f.room) AS is_fresh, f.latest_seq + f.place AS new_seq, f.conversation_rev + f.place AS new_rev,
          f.is_anonymous OR f.member_anonymous AS hidden,
          CASE WHEN f.is_anonymous OR f.member_anonymous THEN f.fresh_id ELSE f.client_id END AS new_id,
          -- A file that is sent again gets an id of its own, so that nothing links the two messages.
          CASE WHEN f.carried_by IS NULL AND f.use = 1 THEN f.attachment ELSE f.fresh_attachment END AS new_attachment,
          moment + make_interval(secs => f.disappear_after_s) AS new_expiry
        FROM ranked f
      ),
      fresh AS NOT MATERIALIZED (SELECT * FROM settled WHERE is_fresh),
      inserted AS (
        INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, payload,
          attachment_id, reply_to_seq, mentions, state, request_digest, created_at, expires_at, hops)
        SELECT f.new_id, f.conversation, f.new_seq, f.new_rev,
          CASE WHEN f.is_anonymous AND NOT f.member_anonymous THEN NULL ELSE f.member END, f.hidden, f.type,
          f.content, f.payload, CASE WHEN f.attachment IS NOT NULL THEN f.new_attachment END, f.reply_to,
          coalesce(f.mentions, '{}'), 'live', f.digests[1], moment, f.new_expiry, coalesce(f.hops, 0)
        FROM fresh f ORDER BY f.new_id
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
      -- Members without an open notification: a send has nothing to add to an open one. Nobody is told of themselves, nor
      -- of somebody they have blocked: a member who is anonymous is blocked by member id alone, a single anonymous message
      -- not at all, so that a block never shows in what happens.
      untold AS MATERIALIZED (
        SELECT p.id AS member, p.user_id, f.conversation, f.new_seq, 'message_received' AS kind
        FROM fresh f JOIN participant p ON p.conversation_id = f.conversation
        WHERE p.state = 'active' AND NOT p.is_notified AND p.notification_level = 'all'
          AND (p.muted_until IS NULL OR p.muted_until <= moment)
          AND p.user_id <> f.author AND NOT CASE
            WHEN f.member_anonymous THEN EXISTS (
              SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_member = f.member)
            WHEN f.hidden THEN false
            ELSE EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_id = f.author) END
        FOR NO KEY UPDATE OF p NOWAIT
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
                UNION ALL SELECT member, NULL, true FROM untold) x
              GROUP BY x.member) n
        WHERE p.id = n.member
      )
      SELECT array_agg(ROW(
          f.ord,
          CASE
            WHEN f.verdict <> 'ok' THEN f.verdict
            WHEN f.copy = 1 THEN CASE WHEN f.is_fresh THEN 'ok' WHEN f.is_slow THEN 'rate_limited'
              ELSE 'request_pending' END
            WHEN e.author IS DISTINCT FROM f.author OR e.digests[1] IS DISTINCT FROM f.digests[1] THEN 'client_id_reused'
            WHEN NOT e.is_fresh THEN CASE WHEN e.verdict <> 'ok' THEN e.verdict WHEN e.is_slow THEN 'rate_limited'
              ELSE 'request_pending' END
            ELSE 'duplicate'
          END,
          coalesce(f.known_id, CASE WHEN f.is_fresh THEN f.new_id WHEN e.is_fresh THEN e.new_id END),
          coalesce(f.known_seq, CASE WHEN f.is_fresh THEN f.new_seq WHEN e.is_fresh THEN e.new_seq END),
          coalesce(f.known_rev, CASE WHEN f.is_fresh THEN f.new_rev WHEN e.is_fresh THEN e.new_rev END),
          CASE WHEN f.is_fresh AND (f.member_anonymous OR NOT f.is_anonymous) THEN f.member END,
          CASE WHEN f.is_fresh AND f.hidden THEN 'Someone' ELSE f.display_name END,
          CASE WHEN f.is_fresh THEN f.hidden END, moment, NULL, NULL,
          CASE WHEN f.is_fresh AND f.attachment IS NOT NULL THEN f.new_attachment END,
          CASE WHEN f.is_fresh THEN f.media END, CASE WHEN f.is_fresh THEN f.new_expiry END,
          CASE WHEN f.is_slow THEN coalesce(f.wait_ms, f.slow_mode_s * 1000) END, NULL)::send_result),
        array_agg(ROW(f.ord, f.author, f.conversation, f.client_id, f.new_id, f.new_seq, f.member, f.hidden,
            f.member_anonymous, f.is_slow, f.mentions, f.attachment, f.new_attachment, f.blob, f.reply_to)::send_draft)
          FILTER (WHERE f.is_fresh AND (f.hidden OR f.is_slow OR f.attachment IS NOT NULL OR cardinality(f.mentions) > 0
            OR f.reply_to IS NOT NULL)),
        array_agg(f.ord) FILTER (WHERE f.is_fresh AND f.place = 1),
        array_agg(f.conversation) FILTER (WHERE f.is_fresh AND f.place = 1),
        (SELECT array_agg(u::send_told) FROM untold u)
        INTO results, drafts, firsts, first_rooms, told
        FROM settled f
        LEFT JOIN LATERAL (
          SELECT * FROM settled s WHERE f.copy > 1 AND s.copy = 1 AND s.client_id = f.client_id LIMIT 1) e ON true;

      -- What only some messages need. To be left out of the statement above spares every other send its start.
      IF cardinality(named) > 0 THEN
        INSERT INTO mention (participant_id, seq, message_id)
          SELECT DISTINCT n.id, d.new_seq, d.new_id FROM unnest(drafts) d, unnest(d.mentions) AS n(id);
        told := told || (
          SELECT array_agg(ROW(p.id, p.user_id, d.conversation, d.new_seq, 'mention')::send_told)
          FROM unnest(drafts) d CROSS JOIN LATERAL (SELECT DISTINCT unnest(d.mentions) AS id) n
          JOIN participant p ON p.id = n.id
          WHERE p.notification_level <> 'none'
            AND p.user_id <> d.author AND NOT CASE
              WHEN d.member_anonymous THEN EXISTS (
                SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_member = d.member)
              WHEN d.hidden THEN false
              ELSE EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_id = d.author)
            END);
      END IF;
      IF cardinality(files) > 0 THEN
        UPDATE attachment a SET message_id = d.new_id, conversation_id = d.conversation
          FROM unnest(drafts) d WHERE a.id = d.attachment AND d.new_attachment = d.attachment;
        INSERT INTO attachment (id, user_id, blob_id, message_id, conversation_id, created_at)
          SELECT d.new_attachment, d.author, d.blob, d.new_id, d.conversation, moment
          FROM unnest(drafts) d WHERE d.attachment IS NOT NULL AND d.new_attachment <> d.attachment;
      END IF;
      IF drafts IS NOT NULL THEN
        INSERT INTO slow_mode_turn (participant_id, sent_at) SELECT d.member, moment FROM unnest(drafts) d WHERE d.is_slow
          ON CONFLICT (participant_id) DO UPDATE SET sent_at = EXCLUDED.sent_at;
        INSERT INTO message_author (message_id, participant_id, client_id)
          SELECT d.new_id, d.member, d.client_id FROM unnest(drafts) d WHERE d.hidden ORDER BY d.client_id;
      END IF;
      IF told IS NOT NULL THEN
        INSERT INTO notification AS n (id, user_id, kind, subject, conversation_id, first_seq, count, created_at,
          updated_at, push_due_at)
        SELECT uuid7_random(moment), t.user_id, t.kind, t.conversation, t.conversation, min(t.new_seq),
          count(DISTINCT t.new_seq), moment, moment, moment + interval '10 seconds'
        FROM unnest(told) t GROUP BY t.user_id, t.kind, t.conversation
        ON CONFLICT (user_id, kind, subject) DO UPDATE SET
          first_seq = CASE WHEN n.read_at IS NULL THEN n.first_seq ELSE EXCLUDED.first_seq END,
          count = CASE WHEN n.read_at IS NULL THEN n.count ELSE 0 END + EXCLUDED.count,
          read_at = NULL, updated_at = moment, push_due_at = coalesce(n.push_due_at, EXCLUDED.push_due_at), push_tries = 0;
      END IF;

      IF told IS NULL AND drafts IS NULL THEN
        RETURN QUERY SELECT * FROM unnest(results);
      ELSE
        RETURN QUERY SELECT r.ord, r.outcome, r.id, r.seq, r.rev, r.member, r.member_name, r.is_anonymous, r.created_at,
            q.name, q.preview, r.attachment, r.media, r.expires_at, r.retry_after_ms,
            CASE WHEN w.room IS NOT NULL THEN (
              SELECT array_agg(DISTINCT t.user_id) FROM unnest(told) t WHERE t.conversation = w.room) END
          FROM unnest(results) r LEFT JOIN unnest(firsts, first_rooms) AS w(ord, room) ON w.ord = r.ord
          LEFT JOIN unnest(drafts) d ON d.ord = r.ord AND d.reply_to IS NOT NULL
          LEFT JOIN LATERAL (
            SELECT CASE WHEN m.is_anonymous THEN 'Someone' ELSE u.display_name::text END AS name,
              CASE WHEN m.state = 'live' THEN left(m.content, 100) END AS preview
            FROM message m LEFT JOIN participant s ON s.id = m.sender_id LEFT JOIN accounts_user u ON u.id = s.user_id
            WHERE m.conversation_id = d.conversation AND m.seq = d.reply_to) q ON true;
      END IF;
      RETURN;
    EXCEPTION
      WHEN unique_violation THEN
        NULL;  -- a rival has just used one of the ids: it is known now
      WHEN lock_not_available THEN
        IF is_crowded THEN
          RAISE;  -- a lock_timeout
        END IF;
        is_crowded := true;
    END;
  END LOOP;
  RAISE EXCEPTION 'send_messages: still in conflict' USING ERRCODE = '40001';
END $$;
