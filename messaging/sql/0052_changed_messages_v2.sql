-- Messages of a conversation that changed after a `rev`, as in 0038. (v2: one's own row there is read as in history_page().
-- my_memberships(), which was asked before, took on that this function may not sort, and read the member rows of everybody
-- in the order of their key: 8 ms of 9 among 337,000 of them.)
CREATE OR REPLACE FUNCTION changed_messages(conversation uuid, after_rev bigint, most integer)
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
  SELECT p.id, p.visible_from_seq AS first_seq INTO me FROM participant p
    WHERE p.conversation_id = $1 AND p.user_id = person() AND p.state = 'active' AND p.is_told AND p.declined_at IS NULL
    ORDER BY p.is_anonymous LIMIT 1;
  IF FOUND THEN
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
