-- What keeps a month out of the archive; the scan of an erasure reads months there as well. All run by the owner.

-- Reasons why a month stays where it is: `legal_hold` on a conversation with messages in it, or on somebody who is or was
-- a member of such a one; `open_case` about one of its messages, or about a conversation or member with messages in it.
-- Asks one index of that month for each conversation. Uses index: message_conversation_seq_YYYY_MM.
CREATE FUNCTION month_obstacles(first date) RETURNS TABLE (reason text)
LANGUAGE plpgsql STABLE SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  low uuid := uuid7_floor(first::timestamp AT TIME ZONE 'UTC');
  high uuid := uuid7_floor((first + interval '1 month')::timestamp AT TIME ZONE 'UTC');
BEGIN
  RETURN QUERY SELECT 'legal_hold' WHERE EXISTS (
    SELECT 1 FROM (
      SELECT h.conversation_id AS id FROM legal_hold h WHERE h.released_at IS NULL AND h.conversation_id IS NOT NULL
      UNION SELECT p.conversation_id FROM legal_hold h JOIN participant p ON p.user_id = h.user_id
        WHERE h.released_at IS NULL) held
    WHERE EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = held.id AND m.id >= low AND m.id < high));
  RETURN QUERY SELECT 'open_case' WHERE EXISTS (
    SELECT 1 FROM moderation_case c WHERE c.state = 'open' AND CASE WHEN c.kind = 'message'
      THEN c.subject >= low AND c.subject < high
      ELSE EXISTS (SELECT 1 FROM message m WHERE m.conversation_id = c.conversation_id AND m.id >= low AND m.id < high)
      END);
END $$;

CREATE OR REPLACE FUNCTION scannable_tables() RETURNS TABLE (name text, root text)
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT c.oid::regclass::text, coalesce(pg_partition_root(c.oid), c.oid)::regclass::text FROM pg_class c
  WHERE c.relnamespace IN ('public'::regnamespace, 'archive'::regnamespace) AND c.relkind = 'r' ORDER BY 1 $$;

REVOKE EXECUTE ON FUNCTION month_obstacles(date) FROM PUBLIC;
