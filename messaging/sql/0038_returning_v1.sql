-- What somebody who comes back asks for, in as few calls as can be, for messaging/queries/returning.py. Invokers, as in
-- 0037. Each is what a queryset of the same name in Python says; tests compare them.

-- One's own row in each of one's conversations, by id from behind `after_id` on: the active one of two, then the named one.
-- `among`: of these only; NULL: of all.
CREATE FUNCTION my_memberships(after_id uuid, among uuid[], most integer)
RETURNS TABLE (conversation uuid, member uuid, state text, visible_from_seq bigint, me_rev bigint,
  rev bigint, epoch integer, latest_seq bigint, settings_rev bigint, active_count integer, kind text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT DISTINCT ON (p.conversation_id) p.conversation_id, p.id, p.state, p.visible_from_seq, p.me_rev,
    c.rev, c.epoch, c.latest_seq, c.settings_rev, c.active_count, c.kind
  FROM participant p JOIN conversation c ON c.id = p.conversation_id
  WHERE p.user_id = person() AND p.state IN ('invited', 'requested', 'active') AND p.is_told AND p.declined_at IS NULL
    AND (after_id IS NULL OR p.conversation_id > after_id) AND (among IS NULL OR p.conversation_id = ANY (among))
  ORDER BY p.conversation_id, p.state <> 'active', p.is_anonymous LIMIT most $$;

-- One's own counter, and what is unread everywhere.
CREATE FUNCTION my_counters() RETURNS TABLE (me_rev bigint, unread_total bigint)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce((SELECT s.me_rev FROM person_state s WHERE s.user_id = person()), 0), unread_total() $$;

-- Messages of a conversation that changed after a `rev`, oldest change first, in the columns of history_page(): nothing
-- where one isn't an active member.
CREATE FUNCTION changed_messages(conversation uuid, after_rev bigint, most integer)
RETURNS TABLE (own_id uuid, visible_from_seq bigint,
  id uuid, conversation_id uuid, seq bigint, rev bigint, sender_id uuid, is_anonymous boolean, type text, content text,
  payload jsonb, attachment_id uuid, reply_to_seq bigint, mentions uuid[], state text, edited_at timestamptz,
  pinned_at timestamptz, created_at timestamptz, expires_at timestamptz, has_reactions boolean,
  is_starred boolean, is_removed boolean, sender_name text, is_hidden boolean)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
  me record;
BEGIN
  SELECT p.member AS id, p.visible_from_seq AS first_seq, p.state INTO me FROM my_memberships(NULL, ARRAY[$1], 1) p;
  IF me.state = 'active' THEN
    RETURN QUERY
      WITH page AS MATERIALIZED (
        SELECT m.* FROM message m
        WHERE m.conversation_id = $1 AND m.rev > after_rev AND m.seq >= me.first_seq ORDER BY m.rev LIMIT most),
      author AS MATERIALIZED (
        SELECT n.* FROM member_names((SELECT array_agg(DISTINCT x.sender_id) FROM page x)) n)
      SELECT me.id, me.first_seq,
        m.id, m.conversation_id, m.seq, m.rev, m.sender_id, m.is_anonymous, m.type, m.content,
        m.payload, m.attachment_id, m.reply_to_seq, m.mentions, m.state, m.edited_at,
        m.pinned_at, m.created_at, m.expires_at, m.has_reactions,
        k.starred_at IS NOT NULL, k.removed_at IS NOT NULL, n.name, coalesce(n.is_hidden, false)
      FROM page m
      LEFT JOIN personal_mark k ON k.participant_id = me.id AND k.seq = m.seq AND k.message_id = m.id
      LEFT JOIN author n ON n.id = m.sender_id;
  END IF;
END $$;

-- Marks of the others who share theirs: nothing where one isn't active, or where more than `most` are.
CREATE FUNCTION shared_marks(conversation uuid, most integer)
RETURNS TABLE (member uuid, delivered_seq bigint, read_seq bigint)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp AS $$
BEGIN
  IF EXISTS (SELECT 1 FROM my_memberships(NULL, ARRAY[$1], 1) p WHERE p.state = 'active' AND p.active_count <= most) THEN
    RETURN QUERY SELECT v.id, v.delivered_seq, v.read_seq FROM visible_members(ARRAY[$1], NULL, NULL, most) v
      WHERE v.shares AND v.state = 'active' AND NOT v.is_me;
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION my_memberships(uuid, uuid[], integer), my_counters(), changed_messages(uuid, bigint, integer),
  shared_marks(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_memberships(uuid, uuid[], integer), my_counters(), changed_messages(uuid, bigint, integer),
  shared_marks(uuid, integer) TO prayermap_member;
