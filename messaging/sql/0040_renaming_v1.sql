-- A new name is a change of the member that others see: each conversation in which the person who acts stands under
-- their name takes one rev, and their member row has it. Where they are anonymous nothing moves, not even a lock.
--
-- Conversations by id, from behind `after_id` (NULL: from the first), at most `most` and never more than 500, which
-- this transaction keeps locked. `is_full`: there may be more. No row: there is nothing more to tell.
-- Conversations are locked in id order, as sends lock them, then member rows in theirs, as receipts do.
-- Uses index: participant_user.
CREATE FUNCTION step_renamed(after_id uuid, most integer)
RETURNS TABLE (conversation uuid, id uuid, role text, state text, rev bigint, is_full boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  limited integer := least(most, 500);
  rooms uuid[];
BEGIN
  SELECT array_agg(x.conversation_id) INTO rooms FROM (
    SELECT p.conversation_id FROM participant p
    WHERE p.user_id = person() AND p.state IN ('invited', 'requested', 'active') AND NOT p.is_anonymous
      AND (after_id IS NULL OR p.conversation_id > after_id)
    ORDER BY p.conversation_id LIMIT limited) x;
  IF rooms IS NULL THEN
    RETURN;
  END IF;
  PERFORM 1 FROM conversation c WHERE c.id = ANY (rooms) ORDER BY c.id FOR NO KEY UPDATE;
  PERFORM 1 FROM participant p WHERE p.conversation_id = ANY (rooms) AND p.user_id = person() AND NOT p.is_anonymous
    ORDER BY p.id FOR NO KEY UPDATE;
  -- Who left before the locks were there is left out.
  RETURN QUERY
  WITH stepped AS (
    UPDATE participant p SET rev = c.rev + 1 FROM conversation c
    WHERE c.id = ANY (rooms) AND p.conversation_id = c.id AND p.user_id = person() AND NOT p.is_anonymous
      AND p.state IN ('invited', 'requested', 'active')
    RETURNING p.conversation_id, p.id, p.role, p.state, p.rev
  ), counted AS (
    UPDATE conversation c SET rev = s.rev FROM stepped s WHERE c.id = s.conversation_id
  )
  SELECT s.conversation_id, s.id, s.role, s.state, s.rev, cardinality(rooms) = limited
  FROM stepped s ORDER BY s.conversation_id;
END $$;

REVOKE EXECUTE ON FUNCTION step_renamed(uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION step_renamed(uuid, integer) TO prayermap_member;
