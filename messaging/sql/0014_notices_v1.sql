-- Notifications of conversations: taken back when there is nothing left to tell, and resolved for their reader.

-- Who goes, or declines, is told no more of a conversation; who comes in needs no invitation. A member who comes back
-- starts without an open notification. Before the row is written, so that the member row is locked first, as a send
-- and a receipt do.
CREATE FUNCTION close_notifications_of_member() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF NEW.state IN ('left', 'removed') THEN
    NEW.is_notified := false;
    -- Somebody may be there twice, named and anonymous.
    IF NOT EXISTS (SELECT 1 FROM participant o WHERE o.conversation_id = NEW.conversation_id
                   AND o.user_id = NEW.user_id AND o.id <> NEW.id AND o.state = 'active') THEN
      PERFORM withdraw_notifications(ARRAY['message_received', 'mention', 'message_read', 'message_delivered',
        'conversation_invite', 'message_request', 'prayer_conversation_started'], NEW.conversation_id,
        ARRAY[NEW.user_id]);
    END IF;
  ELSIF NEW.state = 'active' OR NEW.declined_at IS NOT NULL THEN
    PERFORM withdraw_notifications(ARRAY['conversation_invite', 'message_request', 'prayer_conversation_started'],
      NEW.conversation_id, ARRAY[NEW.user_id]);
  END IF;
  RETURN NEW;
END $$;
CREATE TRIGGER participant_notifications BEFORE UPDATE OF state, declined_at ON participant FOR EACH ROW
  WHEN (NEW.state IS DISTINCT FROM OLD.state OR NEW.declined_at IS DISTINCT FROM OLD.declined_at)
  EXECUTE FUNCTION close_notifications_of_member();

-- Messages of these conversations were deleted, hidden, erased, or have disappeared: close what told of them and of
-- nothing else. Whom it concerned, with the notification.
CREATE FUNCTION settle_notifications(conversations uuid[])
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
              SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = p.id)))
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

-- The next message of these conversations opens a notification again, though there are unread ones.
CREATE FUNCTION notify_again(conversations uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE participant p SET is_notified = false
  FROM (SELECT q.id FROM participant q WHERE q.user_id = person() AND q.conversation_id = ANY ($1) AND q.is_notified
        ORDER BY q.id FOR NO KEY UPDATE) w
  WHERE p.id = w.id $$;

-- The same for other people, pair by pair: the worker has pushed what was there. Nobody but the owner may call it.
CREATE FUNCTION notify_people_again(people uuid[], conversations uuid[]) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE participant p SET is_notified = false
  FROM (SELECT q.id FROM unnest($1, $2) AS w(person, conversation)
        JOIN participant q ON q.conversation_id = w.conversation AND q.user_id = w.person AND q.is_notified
        ORDER BY q.id FOR NO KEY UPDATE OF q) w
  WHERE p.id = w.id $$;

-- By conversation: the newest message that one has not read, and the newest that mentions one. Not what a block hides.
CREATE FUNCTION unread_heads(conversations uuid[]) RETURNS TABLE (conversation uuid, message uuid, mention uuid)
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
    ORDER BY m.seq DESC LIMIT 1) m ON true
  LEFT JOIN LATERAL (
    SELECT q.message_id FROM mention q JOIN message x ON x.id = q.message_id AND x.state = 'live'
      AND (x.expires_at IS NULL OR x.expires_at > now())
    WHERE q.participant_id = p.id AND q.seq > greatest(p.read_seq, p.visible_from_seq - 1)
    ORDER BY q.seq DESC LIMIT 1) q ON true
  WHERE p.user_id = person() AND p.state = 'active' AND p.conversation_id = ANY ($1)
    AND NOT (p.is_anonymous AND EXISTS (SELECT 1 FROM participant named WHERE named.user_id = p.user_id
      AND named.conversation_id = p.conversation_id AND NOT named.is_anonymous AND named.state = 'active')) $$;

REVOKE EXECUTE ON FUNCTION close_notifications_of_member(), settle_notifications(uuid[]), notify_again(uuid[]),
  notify_people_again(uuid[], uuid[]), unread_heads(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION notify_again(uuid[]), unread_heads(uuid[]) TO prayermap_member;
GRANT EXECUTE ON FUNCTION settle_notifications(uuid[]) TO prayermap_member, prayermap_staff;
