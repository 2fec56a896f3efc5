-- Change a message after it was sent: edit it, delete it for all.
--
-- Every change takes one rev under the conversation's lock, so that messages, members and settings share one order.
-- Outcome: ok (`new_rev` NULL where nothing changed) | an error code of the contract, `:` and a reason.

-- The message with this number as the person who acts sees it, with the locked conversation and their member row.
-- Nothing is locked for somebody who isn't active there.
CREATE FUNCTION find_message(conversation uuid, number bigint,
  OUT room conversation, OUT me participant, OUT target message, OUT is_mine boolean, OUT is_removed boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
BEGIN
  IF NOT is_active_in($1) THEN
    RETURN;
  END IF;
  SELECT c.* INTO room FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  -- Who is there twice acts as themselves, as in send_messages().
  SELECT p.* INTO me FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person() AND p.state = 'active'
    ORDER BY p.is_anonymous LIMIT 1;
  SELECT m.* INTO target FROM message m
    WHERE m.conversation_id = $1 AND m.seq = number AND m.seq >= me.visible_from_seq;
  is_mine := EXISTS (SELECT 1 FROM participant p WHERE p.user_id = person() AND (p.id = target.sender_id
    OR p.id = (SELECT a.participant_id FROM message_author a WHERE a.message_id = target.id)));
  is_removed := EXISTS (SELECT 1 FROM personal_mark k
    WHERE k.participant_id = me.id AND k.seq = number AND k.removed_at IS NOT NULL);
END $$;

-- Why this member may not write here now; NULL: they may. The same rules as in send_messages(), but for slow mode.
CREATE FUNCTION writing_refusal(room conversation, me participant, moment timestamptz) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN NOT u.is_active OR u.banned_at IS NOT NULL OR u.suspended_until > moment THEN 'forbidden'
    WHEN NOT room.is_active THEN 'conflict'
    WHEN room.is_frozen AND me.role = 'member' THEN 'forbidden'
    WHEN me.silenced_until > moment THEN 'forbidden'
    WHEN room.kind IN ('direct_message', 'prayer_response') AND NOT me.is_anonymous AND EXISTS (
      SELECT 1 FROM participant o JOIN accounts_block b
        ON (b.blocker_id, b.blocked_id) IN ((me.user_id, o.user_id), (o.user_id, me.user_id))
      WHERE o.conversation_id = room.id AND o.user_id <> me.user_id AND NOT o.is_anonymous) THEN 'blocked'
  END FROM accounts_user u WHERE u.id = me.user_id $$;

-- A new text or payload, whole as it shall stand. What stood is kept as a revision. For 15 minutes, 100 times at most.
CREATE FUNCTION edit_message(conversation uuid, number bigint, new_content text, new_payload jsonb,
  OUT outcome text, OUT id uuid, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  seen record;
  old message;
  moment timestamptz;
  edits integer;
BEGIN
  SELECT * INTO seen FROM find_message($1, number);
  old := seen.target;
  moment := clock_timestamp();
  SELECT count(*) INTO edits FROM message_revision r WHERE r.message_id = old.id;
  outcome := CASE
    WHEN old.id IS NULL OR seen.is_removed THEN 'not_found'
    WHEN NOT seen.is_mine THEN 'forbidden:not_own'
    WHEN old.state <> 'live' OR old.expires_at <= moment THEN 'conflict:not_live'
    WHEN old.created_at < moment - interval '15 minutes' THEN 'forbidden:too_late'
    WHEN edits >= 100 THEN 'conflict:too_often'
    ELSE coalesce(writing_refusal(seen.room, seen.me, moment), CASE WHEN old.type IN ('prayer_card', 'prayer_update')
      THEN prayer_message_refusal(person(), $1, old.type, new_payload) END, 'ok')
  END;
  IF outcome <> 'ok' THEN
    RETURN;
  END IF;
  id := old.id;
  IF (old.content, old.payload) IS NOT DISTINCT FROM (new_content, new_payload) THEN
    RETURN;
  END IF;
  new_rev := (seen.room).rev + 1;
  INSERT INTO message_revision (message_id, number, content, payload, written_at)
    VALUES (old.id, edits + 1, old.content, old.payload, coalesce(old.edited_at, old.created_at));
  UPDATE message m SET content = new_content, payload = new_payload, edited_at = greatest(moment, m.created_at),
    rev = new_rev WHERE m.id = old.id;
  UPDATE conversation c SET rev = new_rev WHERE c.id = $1;
END $$;

-- Turn these messages into tombstones, each with a rev of its own; nothing of what they said stays, and no mention,
-- reaction, star, pin or earlier text. Takes the conversations' locks in id order. Answers what really changed.
-- For deletion by the author, disappearing messages and erasure; the caller judges whether it may be, and lets the
-- files go by release_attachments().
CREATE FUNCTION tombstone_messages(ids uuid[], new_state text) RETURNS TABLE (id uuid, rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  PERFORM 1 FROM conversation c
    WHERE c.id IN (SELECT m.conversation_id FROM message m WHERE m.id = ANY (ids)) ORDER BY c.id FOR NO KEY UPDATE;
  RETURN QUERY
    WITH fading AS MATERIALIZED (
      SELECT m.id, m.conversation_id, c.rev + row_number() OVER (PARTITION BY m.conversation_id ORDER BY m.seq) AS rev
      FROM message m JOIN conversation c ON c.id = m.conversation_id
      WHERE m.id = ANY (ids) AND m.state NOT IN ('deleted', 'erased')
    ),
    emptied AS (
      UPDATE message m SET state = new_state, content = NULL, payload = NULL, attachment_id = NULL, mentions = '{}',
        reply_to_seq = NULL, request_digest = NULL, edited_at = NULL, pinned_at = NULL, expires_at = NULL,
        has_reactions = false, rev = f.rev
      FROM fading f WHERE m.id = f.id AND m.id = ANY (ids)
    ),
    counted AS (
      UPDATE conversation c SET rev = f.rev
      FROM (SELECT conversation_id, max(rev) AS rev FROM fading GROUP BY conversation_id) f
      WHERE c.id = f.conversation_id
    ),
    mentions AS (DELETE FROM mention x USING fading f WHERE x.message_id = f.id),
    revisions AS (DELETE FROM message_revision x USING fading f WHERE x.message_id = f.id AND x.message_id = ANY (ids)),
    reactions AS (DELETE FROM reaction x USING fading f WHERE x.message_id = f.id AND x.message_id = ANY (ids)),
    stars AS (DELETE FROM personal_mark x USING fading f WHERE x.message_id = f.id AND x.removed_at IS NULL)
    SELECT f.id, f.rev FROM fading f ORDER BY f.conversation_id, f.rev;
END $$;

-- Delete one's own message for all, whenever it was sent and whoever is blocked.
CREATE FUNCTION delete_message(conversation uuid, number bigint, OUT outcome text, OUT id uuid, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  seen record;
BEGIN
  SELECT * INTO seen FROM find_message($1, number);
  id := (seen.target).id;
  outcome := CASE WHEN id IS NULL THEN 'not_found' WHEN NOT seen.is_mine THEN 'forbidden:not_own' ELSE 'ok' END;
  IF outcome = 'ok' THEN
    SELECT t.rev INTO new_rev FROM tombstone_messages(ARRAY[delete_message.id], 'deleted') t;
  END IF;
END $$;

-- What one's own message said before, oldest first; nothing where it isn't one's own.
CREATE FUNCTION own_revisions(message uuid)
RETURNS TABLE (number smallint, content text, payload jsonb, written_at timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.number, r.content, r.payload, r.written_at FROM message_revision r
  WHERE r.message_id = $1 AND (
    EXISTS (SELECT 1 FROM message m JOIN participant p ON p.id = m.sender_id
      WHERE m.id = $1 AND p.user_id = person())
    OR EXISTS (SELECT 1 FROM message_author a JOIN participant p ON p.id = a.participant_id
      WHERE a.message_id = $1 AND p.user_id = person()))
  ORDER BY r.number $$;

REVOKE EXECUTE ON FUNCTION find_message(uuid, bigint), writing_refusal(conversation, participant, timestamptz),
  edit_message(uuid, bigint, text, jsonb), tombstone_messages(uuid[], text), delete_message(uuid, bigint),
  own_revisions(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION edit_message(uuid, bigint, text, jsonb), delete_message(uuid, bigint), own_revisions(uuid)
  TO prayermap_member;
