-- Whose presence is whose business: two people who share a direct conversation in which both are active and named, who
-- both share their presence, and between whom there is no block. For the server's hub, about many at once.
--
-- `shares`: whether this person's presence may be told at all. `circle`: the others, of the 500 latest conversations.
CREATE FUNCTION presence_circles(people uuid[]) RETURNS TABLE (person uuid, shares boolean, circle uuid[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT u.id, u.share_presence AND u.is_active AND u.banned_at IS NULL, ARRAY(
    SELECT o.id
    FROM participant mine
    JOIN conversation c ON c.id = mine.conversation_id AND c.kind = 'direct_message' AND c.is_active
    JOIN participant theirs ON theirs.conversation_id = c.id AND theirs.user_id <> u.id
    JOIN accounts_user o ON o.id = theirs.user_id
    WHERE mine.user_id = u.id AND mine.state = 'active' AND NOT mine.is_anonymous
      AND theirs.state = 'active' AND NOT theirs.is_anonymous
      AND o.share_presence AND o.is_active AND o.banned_at IS NULL
      AND NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = u.id AND b.blocked_id = o.id)
      AND NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = o.id AND b.blocked_id = u.id)
    ORDER BY c.latest_activity_at DESC LIMIT 500)
  FROM unnest(people) AS w(id) JOIN accounts_user u ON u.id = w.id $$;

REVOKE EXECUTE ON FUNCTION presence_circles(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION presence_circles(uuid[]) TO prayermap_writer;
