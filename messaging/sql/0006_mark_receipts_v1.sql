-- Receipts: a member's two marks, moved forward only, a batch at a time; and the delivery rows they imply.
--
-- Request: {ord, author, conversation, delivered, read, device}. Outcome: ok | not_found | forbidden | invalid.
-- `shares`: others may see the mark (the person shares receipts and is not anonymous here).
-- Member rows are locked in id order, then person_state in user order: batches can't deadlock.

CREATE TYPE mark_result AS (
  ord integer, outcome text, member uuid, delivered_seq bigint, read_seq bigint, at timestamptz, changed boolean,
  shares boolean, me_rev bigint);

CREATE FUNCTION mark_receipts(batch jsonb) RETURNS SETOF mark_result
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
    SELECT r.*, p.id AS member, p.read_seq, p.delivered_seq, p.is_anonymous, p.visible_from_seq, c.active_count,
      u.share_read_receipts AND NOT p.is_anonymous AS shares,
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
      min(j.conversation::text)::uuid AS conversation, (array_agg(j.device))[1] AS device
    FROM judged j WHERE j.verdict = 'ok' GROUP BY j.member
  ),
  changed AS MATERIALIZED (
    SELECT * FROM moved WHERE new_read > old_read OR new_delivered > old_delivered
  ),
  person AS (
    INSERT INTO person_state AS s (user_id, me_rev)
    SELECT DISTINCT c.author, 1 FROM changed c ORDER BY c.author
    ON CONFLICT (user_id) DO UPDATE SET me_rev = s.me_rev + 1
    RETURNING s.user_id, s.me_rev
  ),
  marked AS (
    UPDATE participant p SET read_seq = c.new_read, delivered_seq = c.new_delivered, me_rev = s.me_rev,
      read_at = CASE WHEN c.new_read > c.old_read THEN moment ELSE p.read_at END,
      delivered_at = CASE WHEN c.new_delivered > c.old_delivered THEN moment ELSE p.delivered_at END
    FROM changed c JOIN person s ON s.user_id = c.author
    WHERE p.id = c.member
  ),
  -- One row for each message newly delivered or read: the newest 1,000, in conversations of up to 256 members
  -- (beyond that the marks and their times answer), and only of people who share receipts.
  delivered AS (
    INSERT INTO delivery_status AS d (message_id, participant_id, delivered_at, read_at, device_info)
    SELECT m.id, c.member, moment, CASE WHEN m.seq <= c.new_read THEN moment END, coalesce(c.device, '{}')
    FROM changed c
    CROSS JOIN LATERAL (
      SELECT m.id, m.seq FROM message m
      WHERE m.conversation_id = c.conversation AND m.seq <= c.new_delivered AND m.state = 'live'
        AND m.seq > greatest(c.visible_from_seq - 1, c.new_delivered - 1000,
                             CASE WHEN c.new_read > c.old_read THEN c.old_read ELSE c.old_delivered END)
        AND m.sender_id IS DISTINCT FROM c.member) m
    WHERE c.shares AND c.active_count <= 256
    ORDER BY m.id
    ON CONFLICT (message_id, participant_id)
      DO UPDATE SET read_at = coalesce(d.read_at, EXCLUDED.read_at)
      WHERE d.read_at IS NULL AND EXCLUDED.read_at IS NOT NULL
  )
  SELECT j.ord, j.verdict, j.member, coalesce(m.new_delivered, j.delivered_seq), coalesce(m.new_read, j.read_seq),
    moment, c.member IS NOT NULL, j.shares, s.me_rev
  FROM judged j
  LEFT JOIN moved m ON m.member = j.member
  LEFT JOIN changed c ON c.member = j.member
  LEFT JOIN person s ON s.user_id = c.author;
END $$;

CREATE FUNCTION mark_receipt(request jsonb) RETURNS SETOF mark_result
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM mark_receipts(jsonb_build_array(request || jsonb_build_object('author', person(), 'ord', 1))) $$;

REVOKE EXECUTE ON FUNCTION mark_receipts(jsonb), mark_receipt(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION mark_receipts(jsonb) TO prayermap_writer;
GRANT EXECUTE ON FUNCTION mark_receipt(jsonb) TO prayermap_member;
