-- Steps of membership that need to see what members may not: the canonical pair, blocks, anonymous members.

-- The direct conversation of the person who acts and another, or the claim to make it.
-- Takes the pair's lock for this transaction first, so that two first messages at once make one conversation.
CREATE FUNCTION claim_direct(other uuid, i_am_anonymous boolean) RETURNS uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  first_id uuid := least(person(), other);
  second_id uuid := greatest(person(), other);
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended(first_id::text || second_id::text, 1));
  RETURN (SELECT d.conversation_id FROM direct_pair d WHERE d.low = first_id AND d.high = second_id
    AND d.anonymous = CASE WHEN i_am_anonymous THEN person() ELSE '00000000-0000-0000-0000-000000000000' END);
END $$;

CREATE FUNCTION record_direct(conversation uuid, other uuid, i_am_anonymous boolean) RETURNS void
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO direct_pair (conversation_id, low, high, anonymous)
  SELECT $1, least(person(), other), greatest(person(), other),
    CASE WHEN i_am_anonymous THEN person() ELSE '00000000-0000-0000-0000-000000000000' END
  WHERE is_active_in($1) $$;

-- What the person who acts must know before inviting people: is there such an account, may it be told, is it a
-- stranger (nobody with whom one shares a conversation in which both are active and named).
CREATE FUNCTION invitable(people uuid[])
RETURNS TABLE (id uuid, has_blocked_me boolean, is_stranger boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id,
    EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = u.id AND b.blocked_id = person()),
    NOT EXISTS (
      SELECT 1 FROM participant mine JOIN participant theirs ON theirs.conversation_id = mine.conversation_id
      WHERE mine.user_id = person() AND mine.state = 'active' AND NOT mine.is_anonymous
        AND theirs.user_id = u.id AND theirs.state = 'active' AND NOT theirs.is_anonymous)
  FROM accounts_user u WHERE u.id = ANY (people) AND u.is_active AND u.banned_at IS NULL $$;

-- Join an open conversation by its id, or ask to where an admin decides. One statement under its lock.
-- No row: there is nothing to join. `is_full`: it has `most` active members.
CREATE FUNCTION join_conversation(conversation uuid, most integer)
RETURNS TABLE (member uuid, state text, new_rev bigint, is_full boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  wanted text;
  entered uuid;
BEGIN
  SELECT * INTO room FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  IF room.id IS NULL OR room.is_private OR NOT room.is_active
     OR room.kind NOT IN ('group_prayer', 'prayer_support') THEN
    RETURN;
  END IF;
  wanted := CASE WHEN room.requires_approval THEN 'requested' ELSE 'active' END;
  IF room.active_count >= most THEN
    RETURN QUERY SELECT NULL::uuid, NULL::text, room.rev, true;
    RETURN;
  END IF;
  INSERT INTO participant AS p (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told,
    created_at, visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
  VALUES (gen_random_uuid(), room.id, person(), 'member', wanted, false, room.rev + 1, false, true,
    clock_timestamp(), room.latest_seq + 1, room.latest_seq, room.latest_seq, 'all', 0)
  ON CONFLICT (conversation_id, user_id, is_anonymous) DO UPDATE SET rev = room.rev + 1,
    state = CASE p.state WHEN 'invited' THEN 'active' ELSE wanted END,  -- an invitation is an approval
    role = 'member', is_told = true, declined_at = NULL, is_request = false,
    visible_from_seq = CASE p.state WHEN 'invited' THEN p.visible_from_seq ELSE room.latest_seq + 1 END,
    read_seq = CASE p.state WHEN 'invited' THEN p.read_seq ELSE room.latest_seq END,
    delivered_seq = CASE p.state WHEN 'invited' THEN p.delivered_seq ELSE room.latest_seq END
    WHERE p.state IN ('left', 'invited')
  RETURNING p.id, p.state INTO entered, wanted;
  IF entered IS NOT NULL THEN
    UPDATE conversation c SET rev = c.rev + 1 WHERE c.id = room.id;
    PERFORM recount_members(room.id);
  END IF;
  RETURN QUERY SELECT entered, wanted, room.rev + 1, false;
END $$;

-- A step of one's own: accept or decline an invitation, leave, withdraw a request, come back to a direct
-- conversation. No row where that step does not exist. A decline keeps the state (it looks pending to others, so it
-- takes no rev); coming back shows what is written from now on.
CREATE FUNCTION step_member(conversation uuid, step text) RETURNS TABLE (member uuid, new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  stepped uuid;
BEGIN
  SELECT * INTO room FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  UPDATE participant p SET
    state = CASE step WHEN 'decline' THEN p.state WHEN 'leave' THEN 'left' ELSE 'active' END,
    role = CASE step WHEN 'leave' THEN 'member' ELSE p.role END,
    declined_at = CASE step WHEN 'decline' THEN now() END,
    -- Who enters by a step of their own knows of it, whomever they had blocked when they were invited.
    is_told = p.is_told OR step IN ('accept', 'return'),
    is_request = step = 'decline' AND p.is_request,
    visible_from_seq = CASE step WHEN 'return' THEN room.latest_seq + 1 ELSE p.visible_from_seq END,
    read_seq = CASE step WHEN 'return' THEN room.latest_seq ELSE p.read_seq END,
    delivered_seq = CASE step WHEN 'return' THEN room.latest_seq ELSE p.delivered_seq END,
    rev = CASE step WHEN 'decline' THEN p.rev ELSE room.rev + 1 END
  WHERE p.id = (
    SELECT q.id FROM participant q WHERE q.conversation_id = $1 AND q.user_id = person() AND CASE step
      WHEN 'accept' THEN q.state = 'invited'
      WHEN 'decline' THEN q.state = 'invited' AND q.declined_at IS NULL
      WHEN 'leave' THEN q.state IN ('active', 'requested')
      WHEN 'return' THEN q.state = 'left' AND room.kind = 'direct_message'
      ELSE false END
    ORDER BY q.is_anonymous LIMIT 1)
  RETURNING p.id INTO stepped;
  IF stepped IS NULL THEN
    RETURN;
  END IF;
  IF step <> 'decline' THEN
    UPDATE conversation c SET rev = c.rev + 1 WHERE c.id = $1;
    PERFORM recount_members($1);
  END IF;
  RETURN QUERY SELECT stepped, room.rev + CASE step WHEN 'decline' THEN 0 ELSE 1 END;
END $$;

-- Another member's step, for admins of the conversation; an anonymous member can be removed, not named.
CREATE FUNCTION change_member(member uuid, new_role text, new_state text, new_rev bigint) RETURNS boolean
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE participant p SET role = coalesce(new_role, p.role), state = coalesce(new_state, p.state), rev = new_rev
  WHERE p.id = member AND is_admin_in(p.conversation_id)
    AND (new_state IS NULL OR (p.state, new_state) IN (
      ('requested', 'active'), ('requested', 'removed'), ('invited', 'removed'), ('active', 'removed')))
  RETURNING true $$;

-- Ask somebody again who left, was removed by an admin, or declined more than 30 days ago; takes the rev.
CREATE FUNCTION invite_again(conversation uuid, other uuid, told boolean, request boolean, new_rev bigint) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS (
    UPDATE participant p SET state = 'invited', role = 'member', is_told = told, is_request = request,
      declined_at = NULL, rev = new_rev, visible_from_seq = c.latest_seq + 1,
      read_seq = c.latest_seq, delivered_seq = c.latest_seq
    FROM conversation c
    WHERE c.id = $1 AND p.conversation_id = c.id AND p.user_id = other AND NOT p.is_anonymous
      AND (is_admin_in(c.id) OR (c.kind = 'direct_message' AND is_active_in(c.id)))
      AND (p.state IN ('left', 'removed') OR (p.state = 'invited' AND p.declined_at < now() - interval '30 days'))
    RETURNING p.id
  ), counted AS (
    UPDATE conversation c SET rev = new_rev WHERE c.id = $1 AND EXISTS (SELECT 1 FROM asked)
  )
  SELECT a.id FROM asked a $$;

-- Counted anew, under the conversation's lock, at each change of its members.
CREATE FUNCTION recount_members(conversation uuid) RETURNS TABLE (active_count integer, member_count integer)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE conversation c SET (active_count, member_count) = (
    SELECT count(*) FILTER (WHERE p.state = 'active'), count(*) FROM participant p
    WHERE p.conversation_id = $1 AND p.state IN ('invited', 'requested', 'active'))
  WHERE c.id = $1 RETURNING c.active_count, c.member_count $$;

-- Where no owner is left, the oldest admin, else the oldest member becomes one. No row: nobody had to.
CREATE FUNCTION hand_over(conversation uuid)
RETURNS TABLE (id uuid, name text, "user" uuid, role text, state text, is_anonymous boolean, rev bigint)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH heir AS (
    UPDATE participant p SET role = 'owner', rev = c.rev + 1
    FROM conversation c
    WHERE c.id = $1 AND c.kind IN ('group_prayer', 'prayer_support')
      AND p.id = (SELECT q.id FROM participant q WHERE q.conversation_id = $1 AND q.state = 'active'
                  ORDER BY q.role = 'admin' DESC, q.created_at, q.id LIMIT 1)
      AND NOT EXISTS (SELECT 1 FROM participant o
                      WHERE o.conversation_id = $1 AND o.state = 'active' AND o.role = 'owner')
      AND EXISTS (SELECT 1 FROM participant me WHERE me.conversation_id = $1 AND me.user_id = person())
    RETURNING p.*
  ), counted AS (
    UPDATE conversation c SET rev = c.rev + 1 WHERE c.id IN (SELECT conversation_id FROM heir)
  )
  SELECT h.id, CASE WHEN h.is_anonymous THEN 'Someone' ELSE u.display_name END,
    CASE WHEN h.is_anonymous THEN NULL ELSE h.user_id END, h.role, h.state, h.is_anonymous, h.rev
  FROM heir h JOIN accounts_user u ON u.id = h.user_id $$;

-- Is there an owner besides this one? (an anonymous one counts, and is seen by nobody)
CREATE FUNCTION has_other_owner(conversation uuid, member uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT is_active_in($1) AND EXISTS (SELECT 1 FROM participant p
    WHERE p.conversation_id = $1 AND p.id <> member AND p.state = 'active' AND p.role = 'owner') $$;

-- Of these members, those whose typing the person who acts may see: named, active, no block either way, not oneself.
CREATE FUNCTION typing_members(conversation uuid, members uuid[]) RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, u.display_name FROM participant p JOIN accounts_user u ON u.id = p.user_id
  WHERE p.id = ANY (members) AND p.conversation_id = $1 AND p.state = 'active' AND NOT p.is_anonymous
    AND p.user_id <> person() AND is_active_in($1)
    AND NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = p.user_id AND b.blocked_id = person())
    AND NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_id = p.user_id) $$;

-- People between whom and the person who acts there is a block, either way: the server keeps typing apart by it.
CREATE FUNCTION people_apart() RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT b.blocked_id FROM accounts_block b WHERE b.blocker_id = person() AND b.blocked_id IS NOT NULL
  UNION SELECT b.blocker_id FROM accounts_block b WHERE b.blocked_id = person() $$;

-- Is this member id an anonymous member whom the person who acts can see? (for blocking them)
CREATE FUNCTION is_visible_anonymous(member uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM participant p WHERE p.id = member AND p.is_anonymous AND p.user_id <> person()
    AND is_listed_in(p.conversation_id)) $$;

-- One step of the person's own counter: marks, mutes, settings.
CREATE FUNCTION next_me_rev() RETURNS bigint
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO person_state AS s (user_id, me_rev) VALUES (person(), 1)
  ON CONFLICT (user_id) DO UPDATE SET me_rev = s.me_rev + 1 RETURNING s.me_rev $$;

REVOKE EXECUTE ON FUNCTION claim_direct(uuid, boolean), record_direct(uuid, uuid, boolean), invitable(uuid[]),
  join_conversation(uuid, integer), step_member(uuid, text), change_member(uuid, text, text, bigint),
  invite_again(uuid, uuid, boolean, boolean, bigint), recount_members(uuid), hand_over(uuid), has_other_owner(uuid, uuid),
  typing_members(uuid, uuid[]), people_apart(), is_visible_anonymous(uuid), next_me_rev() FROM PUBLIC;
GRANT EXECUTE ON FUNCTION claim_direct(uuid, boolean), record_direct(uuid, uuid, boolean), invitable(uuid[]),
  join_conversation(uuid, integer), step_member(uuid, text), change_member(uuid, text, text, bigint),
  invite_again(uuid, uuid, boolean, boolean, bigint), recount_members(uuid), hand_over(uuid), has_other_owner(uuid, uuid),
  typing_members(uuid, uuid[]), people_apart(), is_visible_anonymous(uuid), next_me_rev()
  TO prayermap_member;
