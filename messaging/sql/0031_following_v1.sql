-- What became of a message: who answered it, whom it has reached.

-- Numbers of the answers to a message and of the answers to these, `most` at most: those that are nearest.
-- What is deleted answers nothing any more. Uses the index message_reply_to of each month.
CREATE FUNCTION answers_of(conversation uuid, root bigint, most integer) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
  WITH RECURSIVE answer AS (
    SELECT m.seq FROM message m WHERE m.conversation_id = $1 AND m.reply_to_seq = root
    UNION ALL
    SELECT m.seq FROM answer a JOIN message m ON m.conversation_id = $1 AND m.reply_to_seq = a.seq
  )
  SELECT a.seq FROM answer a WHERE is_active_in($1) LIMIT most $$;

-- Members whom a message of the person who acts was meant for, by id, and when it reached them and was read: from the
-- rows that receipts left, else from the marks and their times. NULL for who shares no receipts, and for the anonymous.
CREATE FUNCTION message_delivery(conversation uuid, number bigint, after_id uuid, most integer)
RETURNS TABLE (id uuid, name text, delivered_at timestamptz, read_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT p.id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name END,
    CASE WHEN u.share_read_receipts AND NOT p.is_anonymous AND p.delivered_seq >= m.seq
      THEN coalesce(d.delivered_at, p.delivered_at) END,
    CASE WHEN u.share_read_receipts AND NOT p.is_anonymous AND p.read_seq >= m.seq
      THEN coalesce(d.read_at, p.read_at) END
  FROM message m
  JOIN participant p ON p.conversation_id = m.conversation_id AND p.state = 'active' AND p.visible_from_seq <= m.seq
  JOIN accounts_user u ON u.id = p.user_id
  LEFT JOIN delivery_status d ON d.message_id = m.id AND d.participant_id = p.id
  WHERE m.conversation_id = $1 AND m.seq = number AND p.user_id <> person()
    AND EXISTS (SELECT 1 FROM participant s WHERE s.user_id = person() AND s.state = 'active'
      AND s.conversation_id = m.conversation_id AND (s.id = m.sender_id
        OR s.id = (SELECT a.participant_id FROM message_author a WHERE a.message_id = m.id)))
    AND (after_id IS NULL OR p.id > after_id)
  ORDER BY p.id LIMIT most $$;

REVOKE EXECUTE ON FUNCTION answers_of(uuid, bigint, integer), message_delivery(uuid, bigint, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION answers_of(uuid, bigint, integer), message_delivery(uuid, bigint, uuid, integer)
  TO prayermap_member;
