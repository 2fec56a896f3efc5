-- Kept plans find their rows by keys, whatever the statistics say.
--
-- A plan that is kept (0050) goes by the statistics of the moment it was made, and stays until something analyses these
-- tables again. Where autovacuum had just counted fifty rows, a scan of all of them or an index read from end to end
-- cost no more than a key: such plans read 4,453 member rows and 20,001 messages in `tests/plans/test_generic.py`, after the
-- tables had grown. So nothing is left to choose: these settings leave nested loops over indexes, and OFFSET 0 keeps
-- PostgreSQL from turning an order round in which one thing is looked up by another.

ALTER FUNCTION set_reaction(uuid, bigint, text, boolean) SET enable_seqscan = off;
ALTER FUNCTION edit_message(uuid, bigint, text, jsonb) SET enable_seqscan = off;
ALTER FUNCTION reactions_of(uuid[]) SET enable_hashjoin = off;
ALTER FUNCTION reactions_of(uuid[]) SET enable_mergejoin = off;
ALTER FUNCTION reactions_of(uuid[]) SET enable_material = off;

-- As in 0007. No member comes twice: who is blocked as a member is anonymous, who is blocked as a person is named.
CREATE OR REPLACE FUNCTION hidden_members() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
  SELECT b.blocked_member FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_member IS NOT NULL
  UNION ALL
  SELECT theirs.id FROM accounts_block b
  CROSS JOIN LATERAL (SELECT p.id, p.conversation_id FROM participant p
    WHERE p.user_id = b.blocked_id AND NOT p.is_anonymous OFFSET 0) theirs
  CROSS JOIN LATERAL (SELECT FROM participant p
    WHERE p.conversation_id = theirs.conversation_id AND p.user_id = b.blocker_id AND p.is_anonymous OFFSET 0) mine
  WHERE b.blocker_id = person() $$;

-- As in 0025.
CREATE OR REPLACE FUNCTION unread_heads(conversations uuid[]) RETURNS TABLE (conversation uuid, message uuid, mention uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
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
    SELECT q.message_id FROM mention q
    CROSS JOIN LATERAL (SELECT FROM message x WHERE x.id = q.message_id AND x.state = 'live'
      AND (x.expires_at IS NULL OR x.expires_at > now()) OFFSET 0) x
    WHERE q.participant_id = p.id AND q.seq > greatest(p.read_seq, p.visible_from_seq - 1)
    ORDER BY q.seq DESC LIMIT 1) q ON true
  WHERE p.user_id = person() AND p.state = 'active' AND p.conversation_id = ANY ($1)
    AND NOT (p.is_anonymous AND EXISTS (SELECT 1 FROM participant named WHERE named.user_id = p.user_id
      AND named.conversation_id = p.conversation_id AND NOT named.is_anonymous AND named.state = 'active')) $$;

-- As in 0023.
CREATE OR REPLACE FUNCTION told_messages(messages uuid[]) RETURNS SETOF told_message
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
  SELECT m.id, m.conversation_id, m.seq, m.rev, m.sender_id,
    CASE WHEN m.is_anonymous OR u.id IS NULL THEN 'Someone' ELSE u.display_name END, m.is_anonymous, m.type,
    m.content, m.payload, m.attachment_id,
    CASE WHEN b.id IS NOT NULL THEN jsonb_build_object('content_type', b.content_type, 'size', b.size,
      'width', b.width, 'height', b.height, 'duration_ms', b.duration_ms, 'has_thumbnail', b.thumbnail_name <> '') END,
    m.reply_to_seq, q.sender_id,
    CASE WHEN q.id IS NULL THEN NULL WHEN q.is_anonymous OR w.id IS NULL THEN 'Someone' ELSE w.display_name END,
    CASE WHEN q.state = 'live' AND (q.expires_at IS NULL OR q.expires_at > now())
      THEN coalesce(left(q.content, 100), '') END,
    m.mentions,
    CASE WHEN m.has_reactions THEN (
      SELECT jsonb_agg(jsonb_build_array(k.emoji, k.number) ORDER BY k.first_at, k.emoji)
      FROM (SELECT r.emoji, count(*) AS number, min(r.created_at) AS first_at FROM reaction r
            WHERE r.message_id = m.id GROUP BY r.emoji) k) END,
    m.state, m.edited_at, m.pinned_at, m.created_at, m.expires_at,
    coalesce(s.user_id, (SELECT p.user_id FROM message_author a JOIN participant p ON p.id = a.participant_id
      WHERE a.message_id = m.id)),
    ARRAY(SELECT p.user_id FROM personal_mark k JOIN participant p ON p.id = k.participant_id
      WHERE k.message_id = m.id AND k.removed_at IS NOT NULL)
  FROM message m
  LEFT JOIN participant s ON s.id = m.sender_id
  LEFT JOIN accounts_user u ON u.id = s.user_id
  LEFT JOIN attachment f ON f.message_id = m.id AND f.id = m.attachment_id
  LEFT JOIN media_blob b ON b.id = f.blob_id
  LEFT JOIN LATERAL (SELECT x.id, x.sender_id, x.is_anonymous, x.state, x.expires_at, x.content FROM message x
    WHERE x.conversation_id = m.conversation_id AND x.seq = m.reply_to_seq OFFSET 0) q ON true
  LEFT JOIN participant t ON t.id = q.sender_id
  LEFT JOIN accounts_user w ON w.id = t.user_id
  WHERE m.id = ANY (messages) $$;

-- As in 0031. (v2: the message first, and `delivery_status` by its id: only its own month is read, where each of fifty
-- members was looked for in 25.)
CREATE OR REPLACE FUNCTION message_delivery(conversation uuid, number bigint, after_id uuid, most integer)
RETURNS TABLE (id uuid, name text, delivered_at timestamptz, read_at timestamptz)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off SET enable_material = off AS $$
#variable_conflict use_column
DECLARE
  target record;
BEGIN
  SELECT m.id, m.seq, m.sender_id INTO target FROM message m WHERE m.conversation_id = $1 AND m.seq = number;
  IF NOT EXISTS (SELECT FROM participant s WHERE s.conversation_id = $1 AND s.user_id = person() AND s.state = 'active'
      AND (s.id = target.sender_id
        OR s.id = (SELECT a.participant_id FROM message_author a WHERE a.message_id = target.id))) THEN
    RETURN;
  END IF;
  RETURN QUERY
    WITH page AS MATERIALIZED (
      SELECT x.* FROM (SELECT p.* FROM participant p WHERE p.conversation_id = $1 OFFSET 0) x
      WHERE x.state = 'active' AND x.visible_from_seq <= target.seq AND x.user_id <> person()
        AND (after_id IS NULL OR x.id > after_id)
      ORDER BY x.id LIMIT most)
    SELECT p.id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name::text END,
      CASE WHEN u.share_read_receipts AND NOT p.is_anonymous AND p.delivered_seq >= target.seq
        THEN coalesce(d.delivered_at, p.delivered_at) END,
      CASE WHEN u.share_read_receipts AND NOT p.is_anonymous AND p.read_seq >= target.seq
        THEN coalesce(d.read_at, p.read_at) END
    FROM page p
    CROSS JOIN LATERAL (SELECT a.display_name, a.share_read_receipts FROM accounts_user a
      WHERE a.id = p.user_id OFFSET 0) u
    LEFT JOIN LATERAL (SELECT s.delivered_at, s.read_at FROM delivery_status s
      WHERE s.message_id = target.id AND s.participant_id = p.id OFFSET 0) d ON true
    ORDER BY p.id;
END $$;

-- As in 0045.
CREATE OR REPLACE FUNCTION my_conversations(kinds text, states text, is_archived boolean, of_prayer uuid, before timestamptz,
  skip integer, most integer)
RETURNS TABLE (id uuid, conversation_id uuid, role text, state text, is_anonymous boolean, read_seq bigint,
  delivered_seq bigint, muted_until timestamptz, pinned_at timestamptz, archived_at timestamptz,
  notification_level text, marked_unread_at timestamptz, visible_from_seq bigint,
  kind text, title text, description text, prayer_id uuid, is_private boolean, requires_approval boolean,
  is_active boolean, disappear_after_s integer, slow_mode_s integer, is_frozen boolean, active_count integer,
  member_count integer, rev bigint, epoch integer, latest_seq bigint, latest_message_id uuid,
  created_at timestamptz, activity timestamptz)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    WITH mine AS MATERIALIZED (
      SELECT DISTINCT ON (p.conversation_id) p.*
      FROM participant p
      WHERE p.user_id = person() AND p.state IN ('invited', 'requested', 'active') AND p.is_told
        AND p.declined_at IS NULL
      ORDER BY p.conversation_id, p.state <> 'active', p.is_anonymous)
    SELECT p.id, p.conversation_id, p.role, p.state, p.is_anonymous, p.read_seq,
      p.delivered_seq, p.muted_until, p.pinned_at, p.archived_at,
      p.notification_level, p.marked_unread_at, p.visible_from_seq,
      c.kind, c.title, c.description, c.prayer_id, c.is_private, c.requires_approval,
      c.is_active, c.disappear_after_s, c.slow_mode_s, c.is_frozen, c.active_count,
      c.member_count, c.rev, c.epoch, c.latest_seq, c.latest_message_id,
      c.created_at, c.latest_activity_at
    FROM mine p
    CROSS JOIN LATERAL (SELECT c.* FROM conversation c WHERE c.id = p.conversation_id OFFSET 0) c
    WHERE (states IS NULL OR p.state = states) AND (kinds IS NULL OR c.kind = kinds)
      AND (is_archived IS NULL OR (p.archived_at IS NOT NULL) = is_archived)
      AND (of_prayer IS NULL OR c.prayer_id = of_prayer) AND (before IS NULL OR c.latest_activity_at < before)
    ORDER BY c.latest_activity_at DESC, p.id DESC OFFSET skip LIMIT most;
END $$;
