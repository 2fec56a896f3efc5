-- mark_receipts() of 0015.

CREATE OR REPLACE FUNCTION mark_receipts(batch jsonb) RETURNS SETOF mark_result
LANGUAGE plpgsql VOLATILE SECURITY DEFINER
SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off
AS $$
#variable_conflict use_column
DECLARE
  moment timestamptz;
BEGIN
  PERFORM 1 FROM participant p
    JOIN (SELECT DISTINCT (x->>'conversation')::uuid AS conversation, (x->>'author')::uuid AS author
          FROM jsonb_array_elements(batch) x) w
      ON p.conversation_id = w.conversation AND p.user_id = w.author
    ORDER BY p.id FOR NO KEY UPDATE OF p;
  moment := clock_timestamp();

  RETURN QUERY
  WITH request AS MATERIALIZED (
    SELECT x.* FROM jsonb_to_recordset(batch) AS x(
      ord integer, author uuid, conversation uuid, delivered bigint, read bigint, device jsonb)
  ),
  judged AS MATERIALIZED (
    SELECT r.*, p.id AS member, p.read_seq, p.delivered_seq, p.is_anonymous, p.visible_from_seq, p.marked_unread_at,
      c.active_count, c.latest_seq, u.share_read_receipts AND NOT p.is_anonymous AS shares,
      CASE
        WHEN p.id IS NULL AND l.id IS NULL THEN 'not_found'
        WHEN p.id IS NULL THEN 'forbidden'
        WHEN greatest(r.delivered, r.read) > c.latest_seq THEN 'invalid'
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
  ),
  moved AS MATERIALIZED (
    SELECT j.member, min(j.author::text)::uuid AS author, min(j.read_seq) AS old_read,
      min(j.delivered_seq) AS old_delivered,
      greatest(min(j.read_seq), max(j.read)) AS new_read,
      greatest(min(j.delivered_seq), max(j.delivered), max(j.read)) AS new_delivered,
      bool_and(j.shares) AS shares, min(j.active_count) AS active_count, min(j.visible_from_seq) AS visible_from_seq,
      min(j.latest_seq) AS latest_seq, min(j.conversation::text)::uuid AS conversation,
      (array_agg(j.device))[1] AS device,
      -- Whatever was put back among the unread is read now, though the mark may not move.
      bool_or(j.marked_unread_at IS NOT NULL AND j.read IS NOT NULL) AS is_taken_up
    FROM judged j WHERE j.verdict = 'ok' GROUP BY j.member
  ),
  changed AS MATERIALIZED (
    SELECT * FROM moved WHERE new_read > old_read OR new_delivered > old_delivered OR is_taken_up
  ),
  person AS (
    INSERT INTO person_state AS s (user_id, me_rev)
    SELECT DISTINCT c.author, 1 FROM changed c ORDER BY c.author
    ON CONFLICT (user_id) DO UPDATE SET me_rev = s.me_rev + 1
    RETURNING s.user_id, s.me_rev
  ),
  -- What is still unread of somebody else, live, and not yet disappeared. Usually there is nothing above the mark.
  rest AS MATERIALIZED (
    SELECT c.member, c.author, c.conversation,
      c.new_read < c.latest_seq AND EXISTS (
        SELECT 1 FROM message m
        WHERE m.conversation_id = c.conversation AND m.seq > greatest(c.new_read, c.visible_from_seq - 1)
          AND m.state = 'live' AND (m.expires_at IS NULL OR m.expires_at > moment)
          AND m.sender_id IS DISTINCT FROM c.member AND (m.sender_id IS NOT NULL OR NOT EXISTS (
            SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = c.member))) AS has_unread,
      c.new_read < c.latest_seq AND EXISTS (
        SELECT 1 FROM mention q JOIN message m ON m.id = q.message_id
        WHERE q.participant_id = c.member AND q.seq > c.new_read AND m.state = 'live'
          AND (m.expires_at IS NULL OR m.expires_at > moment)) AS has_mention
    FROM changed c WHERE c.new_read > c.old_read
  ),
  marked AS (
    UPDATE participant p SET read_seq = c.new_read, delivered_seq = c.new_delivered, me_rev = s.me_rev,
      read_at = CASE WHEN c.new_read > c.old_read THEN moment ELSE p.read_at END,
      delivered_at = CASE WHEN c.new_delivered > c.old_delivered THEN moment ELSE p.delivered_at END,
      marked_unread_at = CASE WHEN NOT c.is_taken_up THEN p.marked_unread_at END,
      is_notified = p.is_notified AND coalesce(r.has_unread, true)
    FROM changed c JOIN person s ON s.user_id = c.author LEFT JOIN rest r ON r.member = c.member
    WHERE p.id = c.member
  ),
  -- Messages newly delivered or read: the newest 1,000, in conversations of up to 256 members (beyond that the marks
  -- and their times answer), and only for people who share receipts.
  reached AS MATERIALIZED (
    SELECT m.id, m.seq, m.sender_id, c.member, c.conversation, c.device, m.seq <= c.new_read AS is_read,
      m.seq > c.old_delivered AS is_new
    FROM changed c
    CROSS JOIN LATERAL (
      SELECT m.id, m.seq, m.sender_id FROM message m
      WHERE m.conversation_id = c.conversation AND m.seq <= c.new_delivered AND m.state = 'live'
        AND m.seq > greatest(c.visible_from_seq - 1, c.new_delivered - 1000,
                             CASE WHEN c.new_read > c.old_read THEN c.old_read ELSE c.old_delivered END)
        AND m.sender_id IS DISTINCT FROM c.member) m
    WHERE c.shares AND c.active_count <= 256
  ),
  delivered AS (
    INSERT INTO delivery_status AS d (message_id, participant_id, delivered_at, read_at, device_info)
    SELECT r.id, r.member, moment, CASE WHEN r.is_read THEN moment END, coalesce(r.device, '{}')
    FROM reached r ORDER BY r.id, r.member
    ON CONFLICT (message_id, participant_id)
      DO UPDATE SET read_at = coalesce(d.read_at, EXCLUDED.read_at)
      WHERE d.read_at IS NULL AND EXCLUDED.read_at IS NOT NULL
  ),
  -- Nothing is left to tell.
  standing AS MATERIALIZED (
    SELECT n.id, n.user_id, n.subject,
      n.pushed_at IS NULL AND n.updated_at > moment - interval '4 seconds'
        AND (n.kind = 'message_received' OR n.count = 1) AS is_fresh
    FROM rest r JOIN notification n ON n.user_id = r.author AND n.subject = r.conversation AND n.read_at IS NULL
      AND n.kind IN ('message_received', 'mention', 'message_read', 'message_delivered')
    WHERE NOT CASE n.kind WHEN 'message_received' THEN r.has_unread WHEN 'mention' THEN r.has_mention ELSE false END
    ORDER BY n.user_id, n.kind, n.subject FOR UPDATE OF n
  ),
  closed AS (
    UPDATE notification n SET read_at = moment, push_tries = 0, is_held = false,
      push_due_at = CASE WHEN n.pushed_at IS NOT NULL THEN moment END
    FROM standing s WHERE n.id = s.id
  ),
  -- Authors who asked for it are told that they have been read, or have reached a device; in one row with a count.
  told AS MATERIALIZED (
    SELECT a.user_id, w.kind, r.conversation, r.first_seq,
      (CASE w.kind WHEN 'message_read' THEN r.times_read ELSE r.times_new END)::integer AS times
    FROM (SELECT sender_id, conversation, min(seq) AS first_seq, count(*) FILTER (WHERE is_read) AS times_read,
            count(*) FILTER (WHERE is_new) AS times_new
          FROM reached WHERE sender_id IS NOT NULL GROUP BY sender_id, conversation) r
    JOIN participant a ON a.id = r.sender_id AND a.state = 'active'
    JOIN notification_preference w ON w.user_id = a.user_id AND w.kind IN ('message_read', 'message_delivered')
      AND (w.in_app OR w.push OR w.email)
  ),
  taken AS MATERIALIZED (
    SELECT n.id FROM told t JOIN notification n ON n.user_id = t.user_id AND n.kind = t.kind
      AND n.subject = t.conversation WHERE t.times > 0 FOR UPDATE OF n SKIP LOCKED
  ),
  opened_again AS (
    UPDATE notification n SET read_at = NULL, updated_at = moment, push_tries = 0,
      first_seq = CASE WHEN n.read_at IS NULL THEN n.first_seq ELSE t.first_seq END,
      count = CASE WHEN n.read_at IS NULL THEN n.count ELSE 0 END + t.times,
      push_due_at = coalesce(n.push_due_at, moment + interval '10 seconds')
    FROM told t, taken k
    WHERE n.id = k.id AND n.user_id = t.user_id AND n.kind = t.kind AND n.subject = t.conversation
    RETURNING n.user_id, n.subject
  ),
  opened_first AS (
    INSERT INTO notification (id, user_id, kind, subject, conversation_id, first_seq, count, created_at, updated_at,
      push_due_at)
    SELECT uuid7_random(moment), t.user_id, t.kind, t.conversation, t.conversation, t.first_seq, t.times, moment, moment,
      moment + interval '10 seconds'
    FROM told t WHERE t.times > 0 AND NOT EXISTS (SELECT 1 FROM notification n
      WHERE n.user_id = t.user_id AND n.kind = t.kind AND n.subject = t.conversation)
    ORDER BY t.user_id, t.kind
    ON CONFLICT (user_id, kind, subject) DO NOTHING
    RETURNING user_id, subject
  )
  SELECT j.ord, j.verdict, j.member, coalesce(m.new_delivered, j.delivered_seq), coalesce(m.new_read, j.read_seq),
    moment, coalesce(m.new_read > m.old_read OR m.new_delivered > m.old_delivered, false), j.shares, s.me_rev,
    ARRAY(SELECT x.id FROM standing x WHERE x.user_id = j.author AND x.subject = j.conversation AND NOT x.is_fresh),
    ARRAY(SELECT x.id FROM standing x WHERE x.user_id = j.author AND x.subject = j.conversation AND x.is_fresh),
    ARRAY(SELECT o.user_id FROM opened_again o WHERE o.subject = j.conversation
          UNION SELECT o.user_id FROM opened_first o WHERE o.subject = j.conversation)
  FROM judged j
  LEFT JOIN moved m ON m.member = j.member
  LEFT JOIN changed c ON c.member = j.member
  LEFT JOIN person s ON s.user_id = c.author;
END $$;

DROP TYPE mark_draft;
DROP TYPE mark_closed;
DROP TYPE mark_told;
DROP TYPE mark_wish;
DROP TYPE mark_opened;
