-- The list of one's own conversations in two round trips, for messaging/queries/listing.py; Django's way asks the last two
-- of these functions as well. Row-level security decides what is read, as in 0037, but for members, whose rows name people.
-- Plans are generic and kept: to plan the page alone took 1.3 ms, to run it 0.5.

-- One's own row in each of one's conversations, with the conversation, latest activity first: the active row of two, then
-- the named one, as my_memberships() and `my_participants` choose. NULL: any. `before` is exclusive; `skip` counts from
-- there, for conversations of one and the same moment.
CREATE FUNCTION my_conversations(kinds text, states text, is_archived boolean, of_prayer uuid, before timestamptz,
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
    FROM mine p JOIN conversation c ON c.id = p.conversation_id
    WHERE (states IS NULL OR p.state = states) AND (kinds IS NULL OR c.kind = kinds)
      AND (is_archived IS NULL OR (p.archived_at IS NOT NULL) = is_archived)
      AND (of_prayer IS NULL OR c.prayer_id = of_prayer) AND (before IS NULL OR c.latest_activity_at < before)
    ORDER BY c.latest_activity_at DESC, p.id DESC OFFSET skip LIMIT most;
END $$;

-- The newest messages of conversations, with what a list shows of them: of each, one's own member row there, the message's id,
-- and from where on one sees. Nothing where row-level security, or that number, lets one see nothing, nor what one has
-- deleted for oneself. Months from `young` on are asked first, as in history_page(): to open years of them takes a millisecond.
-- OFFSET 0: each message is looked up by its id. As a join, the bounds alone were read, a month from end to end.
CREATE FUNCTION latest_messages(members uuid[], messages uuid[], from_seqs bigint[], young uuid)
RETURNS TABLE (conversation_id uuid, sender_id uuid, type text, content text, state text, expires_at timestamptz,
  created_at timestamptz, sender_name text, is_hidden boolean)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
#variable_conflict use_column
DECLARE
  from_id uuid := young;
  below_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
BEGIN
  LOOP
    RETURN QUERY
      WITH page AS MATERIALIZED (
        SELECT m.* FROM unnest(members, messages, from_seqs) w(member, message, from_seq)
        CROSS JOIN LATERAL (
          SELECT m.* FROM message m WHERE m.id = w.message AND m.id >= from_id AND m.id < below_id OFFSET 0) m
        LEFT JOIN personal_mark k ON k.participant_id = w.member AND k.seq = m.seq AND k.message_id = m.id
        WHERE m.seq >= w.from_seq AND k.removed_at IS NULL),
      author AS MATERIALIZED (
        SELECT n.* FROM member_names((SELECT array_agg(DISTINCT x.sender_id) FROM page x)) n)
      SELECT m.conversation_id, m.sender_id, m.type, left(m.content, 100), m.state, m.expires_at, m.created_at,
        n.name, coalesce(n.is_hidden, false)
      FROM page m LEFT JOIN author n ON n.id = m.sender_id;
    EXIT WHEN from_id <> young OR NOT EXISTS (SELECT 1 FROM unnest(messages) w(id) WHERE w.id < young);
    from_id := '00000000-0000-0000-0000-000000000000';
    below_id := young;
  END LOOP;
END $$;

-- Up to `most` members of each of these conversations, oldest first, as visible_members() shows them. Its order is that of an
-- index, participant_first: of twenty groups of 1,000 it takes 1 ms, and 40 where they must be sorted.
CREATE FUNCTION first_members(conversations uuid[], most integer)
RETURNS TABLE (conversation uuid, id uuid, name text, "user" uuid, role text, state text, is_anonymous boolean)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off SET enable_hashjoin = off
SET enable_mergejoin = off AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY
    SELECT w.id, m.id, CASE WHEN m.is_anonymous THEN 'Someone' ELSE u.display_name::text END,
      CASE WHEN m.is_anonymous THEN NULL ELSE m.user_id END, m.role, m.state, m.is_anonymous
    FROM unnest(conversations) AS w(id)
    CROSS JOIN LATERAL (
      SELECT p.* FROM participant p
      WHERE p.conversation_id = w.id AND p.state IN ('invited', 'requested', 'active')
      ORDER BY p.created_at, p.id LIMIT most) m
    JOIN accounts_user u ON u.id = m.user_id
    WHERE EXISTS (SELECT 1 FROM participant mine WHERE mine.conversation_id = w.id AND mine.user_id = person()
      AND mine.state IN ('invited', 'requested', 'active') AND mine.is_told AND mine.declined_at IS NULL)
    ORDER BY w.id, m.created_at, m.id;
END $$;

-- v2 of that of 0007: that one is listed, and what a block hides, is asked in its own statement. As functions, which
-- row-level security has use for, these took 14 microseconds of each member. OFFSET 0: never by all members of all of one's
-- conversations, which a planner without statistics likes.
CREATE OR REPLACE FUNCTION member_names(members uuid[]) RETURNS TABLE (id uuid, name text, is_hidden boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name END,
    CASE WHEN p.is_anonymous
      THEN EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_member = p.id)
      ELSE EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_id = p.user_id)
        AND EXISTS (SELECT 1 FROM participant mine WHERE mine.conversation_id = p.conversation_id
          AND mine.user_id = person() AND mine.is_anonymous)
      END
  FROM (SELECT DISTINCT x.id FROM unnest(members) x(id)) x
  CROSS JOIN LATERAL (SELECT p.* FROM participant p WHERE p.id = x.id OFFSET 0) p
  JOIN accounts_user u ON u.id = p.user_id
  WHERE EXISTS (SELECT 1 FROM participant mine WHERE mine.conversation_id = p.conversation_id
      AND mine.user_id = person() AND mine.state IN ('invited', 'requested', 'active') AND mine.is_told
      AND mine.declined_at IS NULL) $$;

REVOKE EXECUTE ON FUNCTION my_conversations(text, text, boolean, uuid, timestamptz, integer, integer),
  latest_messages(uuid[], uuid[], bigint[], uuid), first_members(uuid[], integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION my_conversations(text, text, boolean, uuid, timestamptz, integer, integer),
  latest_messages(uuid[], uuid[], bigint[], uuid), first_members(uuid[], integer) TO prayermap_member;
