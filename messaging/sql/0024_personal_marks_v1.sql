-- What one member alone sees of a message. It takes no rev, since others see nothing of it: the person's me_rev says
-- to their other devices that something changed.

-- Delete a message for oneself; it loses its star, and mentions nobody any more. There is no way back.
-- Outcome: ok | not_found. `new_me_rev` NULL: it was gone already. `closed`: notifications that told of nothing else.
CREATE FUNCTION remove_message(conversation uuid, number bigint,
  OUT outcome text, OUT new_me_rev bigint, OUT closed uuid[])
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  me participant;
  target uuid;
  counts record;
BEGIN
  SELECT p.* INTO me FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person() AND p.state = 'active'
    ORDER BY p.is_anonymous LIMIT 1 FOR NO KEY UPDATE;
  SELECT m.id INTO target FROM message m
    WHERE m.conversation_id = $1 AND m.seq = number AND m.seq >= me.visible_from_seq;
  outcome := CASE WHEN target IS NULL THEN 'not_found' ELSE 'ok' END;
  INSERT INTO personal_mark AS k (participant_id, seq, message_id, removed_at)
    SELECT me.id, number, target, clock_timestamp() WHERE target IS NOT NULL
    ON CONFLICT (participant_id, seq) DO UPDATE SET removed_at = EXCLUDED.removed_at, starred_at = NULL
    WHERE k.removed_at IS NULL;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  DELETE FROM mention x WHERE x.participant_id = me.id AND x.seq = number;
  SELECT u.unread, u.mentions INTO counts FROM unread_counts(ARRAY[$1]) u;
  new_me_rev := next_me_rev();
  UPDATE participant p SET me_rev = new_me_rev, is_notified = p.is_notified AND counts.unread > 0 WHERE p.id = me.id;
  WITH done AS (
    UPDATE notification n SET read_at = clock_timestamp(), push_tries = 0, is_held = false,
      push_due_at = CASE WHEN n.pushed_at IS NOT NULL THEN clock_timestamp() END
    WHERE n.user_id = person() AND n.subject = $1 AND n.read_at IS NULL
      AND CASE n.kind WHEN 'message_received' THEN counts.unread = 0 WHEN 'mention' THEN counts.mentions = 0 END
    RETURNING n.id
  )
  SELECT array_agg(d.id) INTO closed FROM done d;
END $$;

-- Unread messages and mentions of the person who acts; at most 999 are counted.
-- Not unread: one's own (anonymous ones too), deleted, hidden and disappeared ones, those one has deleted for oneself,
-- those before one's time. (v2: the personal ones, and the disappeared.)
CREATE OR REPLACE FUNCTION unread_counts(conversations uuid[])
RETURNS TABLE (conversation uuid, unread integer, mentions integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
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

REVOKE EXECUTE ON FUNCTION remove_message(uuid, bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION remove_message(uuid, bigint) TO prayermap_member;
