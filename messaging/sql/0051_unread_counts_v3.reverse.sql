-- unread_counts() of 0024, its plan kept as 0050 says.

CREATE OR REPLACE FUNCTION unread_counts(conversations uuid[])
RETURNS TABLE (conversation uuid, unread integer, mentions integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET plan_cache_mode = force_generic_plan SET enable_seqscan = off AS $$
  SELECT p.conversation_id, n.unread, k.mentions
  FROM participant p
  JOIN conversation c ON c.id = p.conversation_id
  CROSS JOIN (SELECT coalesce(array_agg(h), '{}') AS members FROM hidden_members() AS h) hidden
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS unread FROM (
      SELECT 1 FROM message m
      WHERE c.latest_seq > p.read_seq AND m.conversation_id = p.conversation_id
        AND m.seq > greatest(p.read_seq, p.visible_from_seq - 1) AND m.state = 'live'
        AND (m.expires_at IS NULL OR m.expires_at > now())
        AND m.sender_id IS DISTINCT FROM p.id AND (m.sender_id <> ALL (hidden.members)) IS NOT FALSE
        AND (m.sender_id IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = p.id))
        AND NOT EXISTS (SELECT 1 FROM personal_mark r
          WHERE r.participant_id = p.id AND r.seq = m.seq AND r.removed_at IS NOT NULL)
      LIMIT 999) x) n
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS mentions FROM (
      SELECT 1 FROM mention q WHERE q.participant_id = p.id AND q.seq > p.read_seq LIMIT 999) x) k
  WHERE p.user_id = person() AND p.state = 'active'
    AND (conversations IS NULL OR p.conversation_id = ANY (conversations))
    AND NOT (p.is_anonymous AND EXISTS (SELECT 1 FROM participant named WHERE named.user_id = p.user_id
      AND named.conversation_id = p.conversation_id AND NOT named.is_anonymous AND named.state = 'active')) $$;
