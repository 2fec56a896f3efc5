-- A message as nobody in particular sees it: what `message.updated` says to everybody, whoever caused it.
--
-- It must not depend on who acts: a member who came late can't see what an old message quotes, others can. So the role
-- that executes the batches executes this too, and no member. `author` and `removed_by` say whose devices get
-- `is_mine`, and from whom it is gone; they go to the hubs, never into a frame.

CREATE TYPE told_message AS (
  id uuid, conversation uuid, seq bigint, rev bigint, sender uuid, sender_name text, is_anonymous boolean, type text,
  content text, payload jsonb, attachment uuid, media jsonb, reply_to bigint, reply_sender uuid, reply_name text,
  reply_preview text, mentions uuid[], reactions jsonb, state text, edited_at timestamptz, pinned_at timestamptz,
  created_at timestamptz, expires_at timestamptz, author uuid, removed_by uuid[]);

-- `reactions`: [[emoji, how many]], the first chosen first. In no order: the caller has one.
CREATE FUNCTION told_messages(messages uuid[]) RETURNS SETOF told_message
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
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
  LEFT JOIN message q ON q.conversation_id = m.conversation_id AND q.seq = m.reply_to_seq
  LEFT JOIN participant t ON t.id = q.sender_id
  LEFT JOIN accounts_user w ON w.id = t.user_id
  WHERE m.id = ANY (messages) $$;

-- What a hub has missed: messages of a conversation whose newest change lies above `after_rev`, up to `up_to_rev`.
CREATE FUNCTION missed_messages(conversation uuid, after_rev bigint, up_to_rev bigint, most integer)
RETURNS SETOF told_message
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT n.* FROM told_messages(ARRAY(
    SELECT m.id FROM message m WHERE m.conversation_id = $1 AND m.rev > after_rev AND m.rev <= up_to_rev
    ORDER BY m.rev LIMIT most)) n ORDER BY n.rev $$;

REVOKE EXECUTE ON FUNCTION told_messages(uuid[]), missed_messages(uuid, bigint, bigint, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION told_messages(uuid[]), missed_messages(uuid, bigint, bigint, integer) TO prayermap_writer;
