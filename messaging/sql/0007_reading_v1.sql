-- Reads that must see past row-level security, and say only what the person who acts may know.

-- Members as others see them: an anonymous one is "Someone" without a user, without marks.
-- `ids` NULL: those who are listed (invited, requested, active), oldest first, `most` a conversation.
-- `ids` given: these, whatever became of them (authors of old messages have left).
CREATE FUNCTION visible_members(conversations uuid[], ids uuid[], after_id uuid, most integer)
RETURNS TABLE (conversation uuid, id uuid, name text, "user" uuid, role text, state text, is_anonymous boolean,
  rev bigint, delivered_seq bigint, read_seq bigint, shares boolean, is_me boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT w.id, m.id, CASE WHEN m.is_anonymous THEN 'Someone' ELSE u.display_name END,
    CASE WHEN m.is_anonymous THEN NULL ELSE m.user_id END, m.role, m.state, m.is_anonymous, m.rev,
    CASE WHEN u.share_read_receipts AND NOT m.is_anonymous THEN m.delivered_seq END,
    CASE WHEN u.share_read_receipts AND NOT m.is_anonymous THEN m.read_seq END,
    u.share_read_receipts AND NOT m.is_anonymous, m.user_id = person()
  FROM unnest(conversations) AS w(id)
  CROSS JOIN LATERAL (
    SELECT p.* FROM participant p
    WHERE p.conversation_id = w.id
      AND CASE WHEN ids IS NULL THEN p.state IN ('invited', 'requested', 'active') ELSE p.id = ANY (ids) END
      AND (after_id IS NULL OR p.id > after_id)
    ORDER BY CASE WHEN after_id IS NULL AND ids IS NULL THEN p.created_at END, p.id LIMIT most) m
  JOIN accounts_user u ON u.id = m.user_id
  WHERE is_listed_in(w.id)
  ORDER BY w.id, CASE WHEN after_id IS NULL AND ids IS NULL THEN m.created_at END, m.id $$;

-- Members by id order, for the paged list.
CREATE FUNCTION members_page(conversation uuid, after_id uuid, most integer)
RETURNS TABLE (conversation uuid, id uuid, name text, "user" uuid, role text, state text, is_anonymous boolean,
  rev bigint, delivered_seq bigint, read_seq bigint, shares boolean, is_me boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT * FROM visible_members(ARRAY[$1], NULL, coalesce(after_id, '00000000-0000-0000-0000-000000000000'), most) $$;

-- Members that changed after a `rev`, oldest change first; those who left or were removed too.
CREATE FUNCTION changed_members(conversation uuid, after_rev bigint, most integer)
RETURNS TABLE (id uuid, name text, "user" uuid, role text, state text, is_anonymous boolean, rev bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name END,
    CASE WHEN p.is_anonymous THEN NULL ELSE p.user_id END, p.role, p.state, p.is_anonymous, p.rev
  FROM participant p JOIN accounts_user u ON u.id = p.user_id
  WHERE p.conversation_id = $1 AND p.rev > after_rev AND is_listed_in($1)
  -- A new conversation's first members share one rev, and a page must not end among them.
  ORDER BY p.rev FETCH FIRST most ROWS WITH TIES $$;

-- Whether a block of the person who acts keeps this member's messages from them: they blocked an anonymous member
-- by its id, or they are anonymous there and blocked the named person. Two named people in a group still read each other.
CREATE FUNCTION is_hidden_from_me(author participant) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE WHEN author.is_anonymous
    THEN EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_member = author.id)
    ELSE EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_id = author.user_id)
      AND EXISTS (SELECT 1 FROM participant mine WHERE mine.conversation_id = author.conversation_id
                  AND mine.user_id = person() AND mine.is_anonymous)
    END $$;

-- Member ids in one's conversations whose messages a block hides: for the sockets of the person who acts.
CREATE FUNCTION hidden_members() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.blocked_member FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_member IS NOT NULL
  UNION
  SELECT theirs.id FROM accounts_block b
    JOIN participant theirs ON theirs.user_id = b.blocked_id AND NOT theirs.is_anonymous
    JOIN participant mine ON mine.conversation_id = theirs.conversation_id AND mine.user_id = b.blocker_id
  WHERE b.blocker_id = person() AND mine.is_anonymous $$;

-- Unread messages and mentions of the person who acts; at most 999 are counted.
-- Not unread: one's own (anonymous ones too), deleted and hidden ones, those before one's time.
CREATE FUNCTION unread_counts(conversations uuid[])
RETURNS TABLE (conversation uuid, unread integer, mentions integer)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT p.conversation_id, n.unread, k.mentions
  FROM participant p
  JOIN conversation c ON c.id = p.conversation_id
  CROSS JOIN (SELECT coalesce(array_agg(h), '{}') AS members FROM hidden_members() AS h) hidden
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS unread FROM (
      SELECT 1 FROM message m
      WHERE c.latest_seq > p.read_seq AND m.conversation_id = p.conversation_id
        AND m.seq > greatest(p.read_seq, p.visible_from_seq - 1) AND m.state = 'live'
        AND m.sender_id IS DISTINCT FROM p.id AND (m.sender_id <> ALL (hidden.members)) IS NOT FALSE
        AND (m.sender_id IS NOT NULL OR NOT EXISTS (
          SELECT 1 FROM message_author a WHERE a.message_id = m.id AND a.participant_id = p.id))
      LIMIT 999) x) n
  CROSS JOIN LATERAL (
    SELECT count(*)::integer AS mentions FROM (
      SELECT 1 FROM mention q WHERE q.participant_id = p.id AND q.seq > p.read_seq LIMIT 999) x) k
  WHERE p.user_id = person() AND p.state = 'active'
    AND (conversations IS NULL OR p.conversation_id = ANY (conversations))
    AND NOT (p.is_anonymous AND EXISTS (SELECT 1 FROM participant named WHERE named.user_id = p.user_id
      AND named.conversation_id = p.conversation_id AND NOT named.is_anonymous AND named.state = 'active')) $$;

CREATE FUNCTION unread_total() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT coalesce(sum(unread), 0) FROM unread_counts((
    SELECT array_agg(p.conversation_id) FROM participant p JOIN conversation c ON c.id = p.conversation_id
    WHERE p.user_id = person() AND p.state = 'active' AND c.latest_seq > p.read_seq)) WHERE unread > 0 $$;

-- Which of these anonymous messages are by the person who acts.
CREATE FUNCTION own_anonymous(messages uuid[]) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT a.message_id FROM message_author a JOIN participant p ON p.id = a.participant_id
  WHERE a.message_id = ANY (messages) AND p.user_id = person() $$;

-- Names of the authors of messages that the person who acts can see, by member id, and whether a block keeps what
-- they write from that person: one between an anonymous member and somebody named is never shown to either side.
CREATE FUNCTION member_names(members uuid[]) RETURNS TABLE (id uuid, name text, is_hidden boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name END, is_hidden_from_me(p)
  FROM participant p JOIN accounts_user u ON u.id = p.user_id
  WHERE p.id = ANY (members) AND is_listed_in(p.conversation_id) $$;

REVOKE EXECUTE ON FUNCTION visible_members(uuid[], uuid[], uuid, integer), members_page(uuid, uuid, integer),
  changed_members(uuid, bigint, integer), unread_counts(uuid[]), unread_total(), own_anonymous(uuid[]), member_names(uuid[]), hidden_members() FROM PUBLIC;
REVOKE EXECUTE ON FUNCTION is_hidden_from_me(participant) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION visible_members(uuid[], uuid[], uuid, integer), members_page(uuid, uuid, integer),
  changed_members(uuid, bigint, integer), unread_counts(uuid[]), unread_total(), own_anonymous(uuid[]), member_names(uuid[]), hidden_members() TO prayermap_member;
