-- A page of history in one call, for messaging/queries/history.py. Invokers: they run as prayermap_member, so that
-- row-level security decides what is read, as it does for the querysets of queries/messages.py.
--
-- Their plans are generic and kept: planned anew, a page costs half a millisecond for each month that may hold a row.
-- Pruning then happens when they are executed. What bounds the ids is for pruning alone: by the key, a month would be
-- read from end to end. So rows come in the order of seq, which only the index (conversation_id, seq) gives unsorted.

-- Messages of a conversation with these seqs, as the person who acts there sees them: nothing where that person isn't
-- an active member. `lowest` and `highest`: 0 for those that `before` and `after` mean, both exclusive; without either
-- the newest `most`. seq has no gaps, so a page is a range of it, and it is known when no older month holds more of it
-- than those from `young` on, which are asked first. Not in order. Too few rows: the page has a gap, or is empty.
CREATE FUNCTION history_page(conversation uuid, before bigint, after bigint, most integer, young uuid)
RETURNS TABLE (own_id uuid, visible_from_seq bigint, latest_seq bigint, length bigint,
  id uuid, conversation_id uuid, seq bigint, rev bigint, sender_id uuid, is_anonymous boolean, type text, content text,
  payload jsonb, attachment_id uuid, reply_to_seq bigint, mentions uuid[], state text, edited_at timestamptz,
  pinned_at timestamptz, created_at timestamptz, expires_at timestamptz, has_reactions boolean,
  is_starred boolean, is_removed boolean, sender_name text, is_hidden boolean)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
  me record;
  lowest bigint;
  highest bigint;
  from_id uuid := young;
  below_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  number bigint;
  missing bigint;
BEGIN
  SELECT p.id, p.visible_from_seq AS first_seq, c.latest_seq AS last_seq INTO me
    FROM participant p JOIN conversation c ON c.id = p.conversation_id
    WHERE p.conversation_id = $1 AND p.user_id = person() AND p.state = 'active' AND p.is_told AND p.declined_at IS NULL
    ORDER BY p.is_anonymous LIMIT 1;
  IF NOT FOUND THEN
    RETURN;
  END IF;
  IF after IS NULL THEN
    highest := least(me.last_seq, before - 1);
    lowest := greatest(me.first_seq, 1, highest - most + 1);
  ELSE
    lowest := greatest(me.first_seq, 1, after + 1);
    highest := least(me.last_seq, lowest + most - 1);
  END IF;
  missing := highest - lowest + 1;
  WHILE missing > 0 AND below_id > '00000000-0000-0000-0000-000000000000' LOOP
    RETURN QUERY
      WITH page AS MATERIALIZED (
        SELECT m.* FROM message m
        WHERE m.conversation_id = $1 AND m.seq BETWEEN lowest AND highest AND m.id >= from_id AND m.id < below_id
        ORDER BY m.seq),
      author AS MATERIALIZED (
        SELECT n.* FROM member_names((SELECT array_agg(DISTINCT x.sender_id) FROM page x)) n)
      SELECT me.id, me.first_seq, me.last_seq, highest - lowest + 1,
        m.id, m.conversation_id, m.seq, m.rev, m.sender_id, m.is_anonymous, m.type, m.content,
        m.payload, m.attachment_id, m.reply_to_seq, m.mentions, m.state, m.edited_at,
        m.pinned_at, m.created_at, m.expires_at, m.has_reactions,
        k.starred_at IS NOT NULL, k.removed_at IS NOT NULL, n.name, coalesce(n.is_hidden, false)
      FROM page m
      LEFT JOIN personal_mark k ON k.participant_id = me.id AND k.seq = m.seq AND k.message_id = m.id
      LEFT JOIN author n ON n.id = m.sender_id;
    GET DIAGNOSTICS number = ROW_COUNT;
    missing := missing - number;
    below_id := from_id;
    from_id := '00000000-0000-0000-0000-000000000000';
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION history_page(uuid, bigint, bigint, integer, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION history_page(uuid, bigint, bigint, integer, uuid) TO prayermap_member;

-- What messages of a page answer: those of these seqs that one may see, with what a quote shows of them. `own_id` and
-- `from_seq` are of the page; of another member's, row-level security leaves nothing.
CREATE FUNCTION history_quotes(conversation uuid, own_id uuid, from_seq bigint, seqs bigint[], young uuid)
RETURNS TABLE (conversation_id uuid, seq bigint, sender_id uuid, is_anonymous boolean, type text, content text,
  state text, expires_at timestamptz, is_removed boolean, sender_name text, is_hidden boolean)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET plan_cache_mode = force_generic_plan
SET enable_seqscan = off SET enable_bitmapscan = off SET enable_sort = off AS $$
#variable_conflict use_column
DECLARE
  from_id uuid := young;
  below_id uuid := 'ffffffff-ffff-ffff-ffff-ffffffffffff';
  number bigint;
  missing bigint := cardinality(seqs);
BEGIN
  WHILE missing > 0 AND below_id > '00000000-0000-0000-0000-000000000000' LOOP
    RETURN QUERY
      WITH quoted AS MATERIALIZED (
        SELECT m.* FROM message m
        WHERE m.conversation_id = $1 AND m.seq = ANY (seqs) AND m.seq >= from_seq AND m.id >= from_id AND m.id < below_id
        ORDER BY m.seq),
      author AS MATERIALIZED (
        SELECT n.* FROM member_names((SELECT array_agg(DISTINCT x.sender_id) FROM quoted x)) n)
      SELECT m.conversation_id, m.seq, m.sender_id, m.is_anonymous, m.type, left(m.content, 100),
        m.state, m.expires_at, k.removed_at IS NOT NULL, n.name, coalesce(n.is_hidden, false)
      FROM quoted m
      LEFT JOIN personal_mark k ON k.participant_id = own_id AND k.seq = m.seq AND k.message_id = m.id
      LEFT JOIN author n ON n.id = m.sender_id;
    GET DIAGNOSTICS number = ROW_COUNT;
    missing := missing - number;
    below_id := from_id;
    from_id := '00000000-0000-0000-0000-000000000000';
  END LOOP;
END $$;

REVOKE EXECUTE ON FUNCTION history_quotes(uuid, uuid, bigint, bigint[], uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION history_quotes(uuid, uuid, bigint, bigint[], uuid) TO prayermap_member;
