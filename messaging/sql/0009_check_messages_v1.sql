-- What no constraint can hold, since `message` is partitioned and has no foreign keys: read by check_health --deep.
-- Scans every month; runs as the owner, outside any request.
CREATE FUNCTION check_messages() RETURNS TABLE (problem text, conversation uuid, found bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT 'a seq stands twice', m.conversation_id, count(*) - count(DISTINCT m.seq)
    FROM message m GROUP BY m.conversation_id HAVING count(*) <> count(DISTINCT m.seq)
  UNION ALL
  SELECT 'seqs are missing', c.id, c.latest_seq - coalesce(n.seqs, 0)
    FROM conversation c
    LEFT JOIN (SELECT m.conversation_id, count(DISTINCT m.seq) AS seqs FROM message m GROUP BY 1) n
      ON n.conversation_id = c.id
    WHERE c.latest_seq <> coalesce(n.seqs, 0)
  UNION ALL
  SELECT 'messages without their conversation', m.conversation_id, count(*)
    FROM message m WHERE NOT EXISTS (SELECT 1 FROM conversation c WHERE c.id = m.conversation_id) GROUP BY 2
  UNION ALL
  SELECT 'messages whose sender is no member', m.conversation_id, count(*)
    FROM message m WHERE m.sender_id IS NOT NULL AND NOT EXISTS (
      SELECT 1 FROM participant p WHERE p.id = m.sender_id AND p.conversation_id = m.conversation_id) GROUP BY 2
  UNION ALL
  SELECT 'anonymous messages without a sealed author', m.conversation_id, count(*)
    FROM message m WHERE m.is_anonymous AND m.state <> 'erased'
      AND NOT EXISTS (SELECT 1 FROM message_author a WHERE a.message_id = m.id) GROUP BY 2
  UNION ALL
  SELECT 'counts of members are wrong', c.id, c.member_count
    FROM conversation c CROSS JOIN LATERAL (
      SELECT count(*) FILTER (WHERE p.state = 'active') AS active, count(*) AS listed FROM participant p
      WHERE p.conversation_id = c.id AND p.state IN ('invited', 'requested', 'active')) n
    WHERE (c.active_count, c.member_count) <> (n.active, n.listed)
  UNION ALL
  SELECT 'marks above the latest message', p.conversation_id, count(*)
    FROM participant p JOIN conversation c ON c.id = p.conversation_id
    WHERE p.delivered_seq > c.latest_seq GROUP BY 2 $$;
REVOKE EXECUTE ON FUNCTION check_messages() FROM PUBLIC;
