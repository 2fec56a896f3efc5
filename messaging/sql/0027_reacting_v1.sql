-- Reactions, pins and stars. The first two take a rev, as everything that others see; a star is one's own.

-- Put one emoji on a message, or take it back. Who may not write there may not react. At most 5 of a member and 20
-- kinds on a message: the same numbers stand in services/outcomes.py.
CREATE FUNCTION set_reaction(conversation uuid, number bigint, wanted text, is_on boolean,
  OUT outcome text, OUT id uuid, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  seen record;
  moment timestamptz;
  is_there boolean;
BEGIN
  SELECT * INTO seen FROM find_message($1, number);
  moment := clock_timestamp();
  id := (seen.target).id;
  is_there := EXISTS (SELECT 1 FROM reaction r
    WHERE r.message_id = set_reaction.id AND r.participant_id = (seen.me).id AND r.emoji = wanted);
  outcome := CASE
    WHEN id IS NULL OR seen.is_removed THEN 'not_found'
    WHEN (seen.target).state <> 'live' OR (seen.target).expires_at <= moment THEN 'conflict:not_live'
    WHEN writing_refusal(seen.room, seen.me, moment) IS NOT NULL THEN writing_refusal(seen.room, seen.me, moment)
    WHEN is_there OR NOT is_on THEN 'ok'
    WHEN (SELECT count(*) FROM reaction r WHERE r.message_id = set_reaction.id AND r.participant_id = (seen.me).id) >= 5
      THEN 'conflict:own_reactions'
    WHEN (SELECT count(DISTINCT r.emoji) FROM reaction r WHERE r.message_id = set_reaction.id AND r.emoji <> wanted) >= 20
      THEN 'conflict:kinds'
    ELSE 'ok'
  END;
  IF outcome <> 'ok' OR is_there = is_on THEN
    RETURN;
  END IF;
  IF is_on THEN
    INSERT INTO reaction (message_id, participant_id, emoji, created_at)
      VALUES (set_reaction.id, (seen.me).id, wanted, moment);
  ELSE
    DELETE FROM reaction r
      WHERE r.message_id = set_reaction.id AND r.participant_id = (seen.me).id AND r.emoji = wanted;
  END IF;
  new_rev := (seen.room).rev + 1;
  UPDATE message m SET rev = new_rev,
    has_reactions = is_on OR EXISTS (SELECT 1 FROM reaction r WHERE r.message_id = set_reaction.id)
    WHERE m.id = set_reaction.id;
  UPDATE conversation c SET rev = new_rev WHERE c.id = $1;
END $$;

-- How often each emoji stands on these messages, the first chosen first, and whether the person who acts chose it.
CREATE FUNCTION reactions_of(messages uuid[]) RETURNS TABLE (message uuid, emoji text, number bigint, mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
  SELECT r.message_id, r.emoji, count(*), bool_or(r.participant_id = me.id)
  FROM message m
  CROSS JOIN LATERAL (SELECT p.id, p.visible_from_seq FROM participant p
    WHERE p.conversation_id = m.conversation_id AND p.user_id = person() AND p.state = 'active'
    ORDER BY p.is_anonymous LIMIT 1) me
  JOIN reaction r ON r.message_id = m.id AND r.message_id = ANY (messages)
  WHERE m.id = ANY (messages) AND m.seq >= me.visible_from_seq AND m.state = 'live'
  GROUP BY r.message_id, r.emoji ORDER BY r.message_id, min(r.created_at), r.emoji $$;

-- Pin a message for everybody, or take it down: any of two, an admin of a group. 50 in a conversation.
CREATE FUNCTION pin_message(conversation uuid, number bigint, is_on boolean,
  OUT outcome text, OUT id uuid, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  seen record;
  moment timestamptz;
BEGIN
  SELECT * INTO seen FROM find_message($1, number);
  moment := clock_timestamp();
  id := (seen.target).id;
  outcome := CASE
    WHEN id IS NULL OR seen.is_removed THEN 'not_found'
    WHEN (seen.room).kind IN ('group_prayer', 'prayer_support') AND (seen.me).role = 'member' THEN 'forbidden:admins'
    WHEN (seen.target).state <> 'live' OR (seen.target).expires_at <= moment THEN 'conflict:not_live'
    WHEN writing_refusal(seen.room, seen.me, moment) IS NOT NULL THEN writing_refusal(seen.room, seen.me, moment)
    WHEN is_on AND (seen.target).pinned_at IS NULL AND (SELECT count(*) FROM message m
      WHERE m.conversation_id = $1 AND m.pinned_at IS NOT NULL) >= 50 THEN 'conflict:pins'
    ELSE 'ok'
  END;
  IF outcome <> 'ok' OR ((seen.target).pinned_at IS NOT NULL) = is_on THEN
    RETURN;
  END IF;
  new_rev := (seen.room).rev + 1;
  UPDATE message m SET rev = new_rev, pinned_at = CASE WHEN is_on THEN moment END WHERE m.id = pin_message.id;
  UPDATE conversation c SET rev = new_rev WHERE c.id = $1;
END $$;

-- Star a message for oneself, or take the star away. Outcome: ok (`new_me_rev` NULL where nothing changed) |
-- not_found | conflict.
CREATE FUNCTION star_message(conversation uuid, number bigint, is_on boolean, OUT outcome text, OUT new_me_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
DECLARE
  me participant;
  target message;
BEGIN
  SELECT p.* INTO me FROM participant p WHERE p.conversation_id = $1 AND p.user_id = person() AND p.state = 'active'
    ORDER BY p.is_anonymous LIMIT 1 FOR NO KEY UPDATE;
  SELECT m.* INTO target FROM message m
    WHERE m.conversation_id = $1 AND m.seq = number AND m.seq >= me.visible_from_seq;
  outcome := CASE
    WHEN target.id IS NULL OR EXISTS (SELECT 1 FROM personal_mark k
      WHERE k.participant_id = me.id AND k.seq = number AND k.removed_at IS NOT NULL) THEN 'not_found'
    WHEN is_on AND (target.state <> 'live' OR target.expires_at <= clock_timestamp()) THEN 'conflict:not_live'
    ELSE 'ok'
  END;
  IF outcome <> 'ok' THEN
    RETURN;
  END IF;
  IF is_on THEN
    INSERT INTO personal_mark (participant_id, seq, message_id, starred_at)
      VALUES (me.id, number, target.id, clock_timestamp()) ON CONFLICT (participant_id, seq) DO NOTHING;
  ELSE
    DELETE FROM personal_mark k WHERE k.participant_id = me.id AND k.seq = number AND k.starred_at IS NOT NULL;
  END IF;
  IF FOUND THEN
    new_me_rev := next_me_rev();
    UPDATE participant p SET me_rev = new_me_rev WHERE p.id = me.id;
  END IF;
END $$;

REVOKE EXECUTE ON FUNCTION set_reaction(uuid, bigint, text, boolean), reactions_of(uuid[]),
  pin_message(uuid, bigint, boolean), star_message(uuid, bigint, boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION set_reaction(uuid, bigint, text, boolean), reactions_of(uuid[]),
  pin_message(uuid, bigint, boolean), star_message(uuid, bigint, boolean) TO prayermap_member;
