-- Version 2: what one has deleted for oneself is not found either.

-- Which of one's own messages a query finds, best first, from behind (after_rank, after_id): among the newest 1,000 that
-- match. Months are asked from the newest on, and no further one after `seconds`; a time-out of the statement stands
-- behind that. Row-level security can't use the index (@@ is not leakproof), so everything that decides what the person
-- who acts may see stands here once more: membership, the beginning of their time, state, expiry,
-- blocks, and what one has deleted for oneself.
CREATE OR REPLACE FUNCTION search_messages(q text, conversation uuid, kind text, since timestamptz, before timestamptz,
  after_rank integer, after_id uuid, most integer, seconds double precision)
RETURNS TABLE (id uuid, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  deadline timestamptz := clock_timestamp() + make_interval(secs => seconds);
  wanted tsquery := search_query(q);
  scope tsquery;
  hidden uuid[] := ARRAY(SELECT h FROM hidden_members() h);
  hits uuid[] := '{}';
  found uuid[];
  month text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal('@' || p.conversation_id), ' | ')::tsquery INTO scope FROM participant p
    WHERE p.user_id = person() AND p.state = 'active' AND ($2 IS NULL OR p.conversation_id = $2);
  IF wanted IS NULL OR scope IS NULL THEN
    RETURN;
  END IF;
  FOR month IN SELECT 'message_' || to_char(m, 'YYYY_MM') FROM message_months() m ORDER BY m DESC LOOP
    -- Each month by its name: planning one table takes a tenth of what the parent with a range of ids does.
    EXECUTE format($query$
      SELECT array_agg(h.id) FROM (
        SELECT m.id FROM %I m
        WHERE message_words(m.conversation_id, m.content) @@ $1 AND m.state = 'live' AND m.content IS NOT NULL
          AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())
          AND ($2 IS NULL OR m.type = $2) AND ($3 IS NULL OR m.created_at >= $3) AND ($4 IS NULL OR m.created_at < $4)
          AND (m.sender_id <> ALL ($5)) IS NOT FALSE
          AND NOT EXISTS (
            SELECT 1 FROM personal_mark k JOIN participant p ON p.id = k.participant_id
            WHERE k.message_id = m.id AND k.removed_at IS NOT NULL AND p.user_id = person())
          AND m.seq >= (
            SELECT p.visible_from_seq FROM participant p
            WHERE p.conversation_id = m.conversation_id AND p.user_id = person() AND p.state = 'active'
            ORDER BY p.is_anonymous LIMIT 1)
        ORDER BY m.id DESC LIMIT 1000 - $6) h $query$, month)
      INTO found USING wanted && scope, kind, since, before, hidden, cardinality(hits);
    hits := hits || coalesce(found, '{}');
    EXIT WHEN cardinality(hits) >= 1000 OR clock_timestamp() > deadline;
  END LOOP;
  RETURN QUERY SELECT r.id, r.rank FROM (
    SELECT m.id, (ts_rank_cd(message_words(m.conversation_id, m.content), wanted, 1) * 1000000)::integer AS rank
    FROM unnest(hits) h JOIN message m ON m.id = h) r
  WHERE after_rank IS NULL OR (r.rank, r.id) < (after_rank, after_id)
  ORDER BY r.rank DESC, r.id DESC LIMIT most;
END $$;
