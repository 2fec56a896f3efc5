-- What somebody has deleted for themselves is told to them no more. (v2: the personal marks.)

-- Messages of these conversations were deleted, hidden, erased, or have disappeared: close what told of them and of
-- nothing else. Whom it concerned, with the notification.
CREATE OR REPLACE FUNCTION settle_notifications(conversations uuid[])
RETURNS TABLE (user_id uuid, id uuid, conversation uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM participant p
    WHERE p.conversation_id = ANY ($1) AND p.state = 'active' AND EXISTS (SELECT 1 FROM notification n
      WHERE n.user_id = p.user_id AND n.kind IN ('message_received', 'mention') AND n.subject = p.conversation_id
        AND n.read_at IS NULL)
    ORDER BY p.id FOR NO KEY UPDATE;
  RETURN QUERY
  WITH standing AS MATERIALIZED (
    SELECT n.id, p.id AS member, n.kind FROM participant p
    JOIN notification n ON n.user_id = p.user_id AND n.kind IN ('message_received', 'mention')
      AND n.subject = p.conversation_id AND n.read_at IS NULL
    WHERE p.conversation_id = ANY ($1) AND p.state = 'active'
      -- Of somebody who is there twice, the named member reads.
      AND NOT (p.is_anonymous AND EXISTS (SELECT 1 FROM participant o WHERE o.conversation_id = p.conversation_id
        AND o.user_id = p.user_id AND NOT o.is_anonymous AND o.state = 'active'))
      AND NOT CASE n.kind
        WHEN 'mention' THEN EXISTS (
          SELECT 1 FROM mention q JOIN message m ON m.id = q.message_id
          WHERE q.participant_id = p.id AND q.seq > p.read_seq AND m.state = 'live'
            AND (m.expires_at IS NULL OR m.expires_at > now()))
        ELSE EXISTS (
          SELECT 1 FROM message m
          WHERE m.conversation_id = p.conversation_id AND m.seq > greatest(p.read_seq, p.visible_from_seq - 1)
            AND m.state = 'live' AND (m.expires_at IS NULL OR m.expires_at > now())
            AND m.sender_id IS DISTINCT FROM p.id AND (m.sender_id IS NOT NULL OR NOT EXISTS (
              SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = p.id))
            AND NOT EXISTS (SELECT 1 FROM personal_mark r
              WHERE r.participant_id = p.id AND r.seq = m.seq AND r.removed_at IS NOT NULL))
        END
    ORDER BY n.user_id, n.kind FOR UPDATE OF n
  ), again AS (
    UPDATE participant p SET is_notified = false FROM standing s WHERE p.id = s.member AND s.kind = 'message_received'
  )
  UPDATE notification n SET read_at = clock_timestamp(), push_tries = 0, is_held = false,
    push_due_at = CASE WHEN n.pushed_at IS NOT NULL THEN clock_timestamp() END
  FROM standing s WHERE n.id = s.id
  RETURNING n.user_id, n.id, n.subject;
END $$;

-- By conversation: the newest message that one has not read, and the newest that mentions one. Not what a block hides.
CREATE OR REPLACE FUNCTION unread_heads(conversations uuid[]) RETURNS TABLE (conversation uuid, message uuid, mention uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT p.conversation_id, m.id, q.message_id
  FROM participant p
  CROSS JOIN (SELECT coalesce(array_agg(h), '{}') AS members FROM hidden_members() AS h) hidden
  LEFT JOIN LATERAL (
    SELECT m.id FROM message m
    WHERE m.conversation_id = p.conversation_id AND m.seq > greatest(p.read_seq, p.visible_from_seq - 1)
      AND m.state = 'live' AND (m.expires_at IS NULL OR m.expires_at > now())
      AND m.sender_id IS DISTINCT FROM p.id AND (m.sender_id <> ALL (hidden.members)) IS NOT FALSE
      AND (m.sender_id IS NOT NULL OR NOT EXISTS (
        SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = p.id))
      AND NOT EXISTS (SELECT 1 FROM personal_mark r
        WHERE r.participant_id = p.id AND r.seq = m.seq AND r.removed_at IS NOT NULL)
    ORDER BY m.seq DESC LIMIT 1) m ON true
  LEFT JOIN LATERAL (
    SELECT q.message_id FROM mention q JOIN message x ON x.id = q.message_id AND x.state = 'live'
      AND (x.expires_at IS NULL OR x.expires_at > now())
    WHERE q.participant_id = p.id AND q.seq > greatest(p.read_seq, p.visible_from_seq - 1)
    ORDER BY q.seq DESC LIMIT 1) q ON true
  WHERE p.user_id = person() AND p.state = 'active' AND p.conversation_id = ANY ($1)
    AND NOT (p.is_anonymous AND EXISTS (SELECT 1 FROM participant named WHERE named.user_id = p.user_id
      AND named.conversation_id = p.conversation_id AND NOT named.is_anonymous AND named.state = 'active')) $$;
