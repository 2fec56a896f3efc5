-- Erasure of a person, as the owner and in small transactions: what a member wrote, then the member. Nobody is granted
-- these functions. The conversation is locked first, as a send does, so neither waits for the other in a circle.

-- The next `most` messages of this member behind `after_seq` become tombstones of somebody erased, those that were
-- deleted as well, and their files are let go. `sealed`: those that show no author; else those that show this member.
-- No row: there are no more. Uses indexes: message_sender, message_author_participant_id.
CREATE FUNCTION erase_written(member uuid, sealed boolean, after_seq bigint, most integer)
RETURNS TABLE (conversation uuid, last_id uuid, last_seq bigint, erased integer)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room uuid;
  ids uuid[];
BEGIN
  SELECT c.id INTO room FROM conversation c JOIN participant p ON p.conversation_id = c.id
    WHERE p.id = $1 FOR NO KEY UPDATE OF c;
  IF sealed THEN
    SELECT array_agg(x.id ORDER BY x.seq) INTO ids FROM (
      SELECT m.id, m.seq FROM message_author a JOIN message m ON m.id = a.message_id
      WHERE a.participant_id = $1 AND m.seq > $3 AND m.state <> 'erased' ORDER BY m.seq LIMIT $4) x;
  ELSE
    SELECT array_agg(x.id ORDER BY x.seq) INTO ids FROM (
      SELECT m.id, m.seq FROM message m
      WHERE m.sender_id = $1 AND NOT m.is_anonymous AND m.seq > $3 AND m.state <> 'erased'
      ORDER BY m.seq LIMIT $4) x;
  END IF;
  IF ids IS NULL THEN
    RETURN;
  END IF;
  PERFORM tombstone_messages(ids, 'erased');
  PERFORM mark_erased(room, ids);
  DELETE FROM attachment a WHERE a.message_id = ANY (ids);
  RETURN QUERY SELECT room, m.id, m.seq, cardinality(ids) FROM message m WHERE m.id = ANY (ids) ORDER BY m.rev DESC LIMIT 1;
END $$;

-- Of these messages those that their author had deleted: erased now. Under the conversation's lock.
CREATE FUNCTION mark_erased(room uuid, ids uuid[]) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH marked AS (
    UPDATE message m SET state = 'erased', rev = n.rev
    FROM (SELECT d.id, c.rev + row_number() OVER (ORDER BY d.seq) AS rev FROM message d JOIN conversation c ON c.id = room
          WHERE d.id = ANY (ids) AND d.state = 'deleted') n
    WHERE m.id = n.id AND m.id = ANY (ids) RETURNING m.rev)
  UPDATE conversation c SET rev = n.rev FROM (SELECT max(rev) AS rev FROM marked) n
  WHERE c.id = room AND n.rev IS NOT NULL $$;

-- What this member reacted on, at most `most` messages of it: each takes a rev. No row: there is no more.
CREATE FUNCTION erase_reactions(member uuid, most integer) RETURNS TABLE (last_id uuid, erased integer)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  ids uuid[];
BEGIN
  SELECT c.* INTO room FROM conversation c JOIN participant p ON p.conversation_id = c.id
    WHERE p.id = $1 FOR NO KEY UPDATE OF c;
  SELECT array_agg(x.message_id) INTO ids
    FROM (SELECT DISTINCT r.message_id FROM reaction r WHERE r.participant_id = $1 ORDER BY 1 LIMIT $2) x;
  IF ids IS NULL THEN
    RETURN;
  END IF;
  DELETE FROM reaction r WHERE r.participant_id = $1 AND r.message_id = ANY (ids);
  UPDATE message m SET rev = room.rev + n.place,
    has_reactions = EXISTS (SELECT 1 FROM reaction r WHERE r.message_id = m.id)
  FROM unnest(ids) WITH ORDINALITY AS n(id, place) WHERE m.id = n.id AND m.id = ANY (ids);
  UPDATE conversation c SET rev = c.rev + cardinality(ids) WHERE c.id = room.id;
  RETURN QUERY SELECT ids[cardinality(ids)], cardinality(ids);
END $$;

-- The member leaves and keeps nothing of their own: no role, marks or settings. The row stays, for messages and
-- others' lists point at it. A conversation of two, or one in which nobody is left, is closed.
-- Returns the member as it stands now and, where nobody owned the group any more, its new owner.
CREATE FUNCTION erase_member(member uuid)
RETURNS TABLE (conversation uuid, id uuid, name text, "user" uuid, role text, state text, is_anonymous boolean, rev bigint)
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  gone participant;
BEGIN
  SELECT c.* INTO room FROM conversation c JOIN participant p ON p.conversation_id = c.id
    WHERE p.id = $1 FOR NO KEY UPDATE OF c;
  UPDATE participant p SET state = CASE p.state WHEN 'removed' THEN 'removed' ELSE 'left' END, role = 'member',
    rev = room.rev + 1, is_request = false, is_told = true, declined_at = NULL, invited_by = NULL,
    read_seq = 0, read_at = NULL, delivered_seq = 0, delivered_at = NULL, marked_unread_at = NULL,
    muted_until = NULL, pinned_at = NULL, archived_at = NULL, notification_level = 'all', is_notified = false,
    silenced_until = NULL, me_rev = 0
    WHERE p.id = $1 RETURNING p.* INTO gone;
  UPDATE conversation c SET rev = c.rev + 1, updated_at = clock_timestamp() WHERE c.id = room.id;
  PERFORM recount_members(room.id);
  RETURN QUERY SELECT room.id, gone.id, 'Someone', CASE WHEN gone.is_anonymous THEN NULL ELSE gone.user_id END,
    gone.role, gone.state, gone.is_anonymous, gone.rev;
  -- hand_over() asks whether who acts was a member.
  PERFORM set_config('prayermap.user_id', gone.user_id::text, true);
  RETURN QUERY SELECT room.id, h.* FROM hand_over(room.id) h;
  UPDATE conversation c SET is_active = false,
    title = CASE WHEN c.member_count = 0 THEN '' ELSE c.title END,
    description = CASE WHEN c.member_count = 0 THEN '' ELSE c.description END
  WHERE c.id = room.id AND (c.active_count = 0 OR c.kind IN ('direct_message', 'prayer_response'));
END $$;

REVOKE EXECUTE ON FUNCTION erase_written(uuid, boolean, bigint, integer), mark_erased(uuid, uuid[]),
  erase_reactions(uuid, integer), erase_member(uuid) FROM PUBLIC;
