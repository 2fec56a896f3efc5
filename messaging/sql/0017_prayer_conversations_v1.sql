-- Conversations about prayers: one for each person who answers, with the prayer's author, who may be anonymous. Nobody
-- is told who that is: what needs to know it happens here.

ALTER TABLE conversation
  ADD CONSTRAINT conversation_prayer_there FOREIGN KEY (prayer_id) REFERENCES prayer ON DELETE SET NULL;
ALTER TABLE prayer_pair
  ADD CONSTRAINT prayer_pair_prayer FOREIGN KEY (prayer_id) REFERENCES prayer ON DELETE CASCADE;
ALTER TABLE prayer_pair ENABLE ROW LEVEL SECURITY;

-- Whoever makes a conversation names a prayer that they see; one of the kind prayer_response is made below.
ALTER POLICY conversation_made ON conversation WITH CHECK (latest_seq = 0 AND member_count = 0
  AND kind <> 'prayer_response' AND (prayer_id IS NULL OR EXISTS (SELECT 1 FROM prayer p WHERE p.id = prayer_id)));

-- Whether nobody can tell these two from strangers: one of them is anonymous here, or they share no conversation in
-- which both are active under their names.
CREATE FUNCTION are_strangers(one uuid, other uuid, somebody_is_anonymous boolean) RETURNS boolean
LANGUAGE sql STABLE SET search_path = public, pg_temp RETURN somebody_is_anonymous OR NOT EXISTS (
  SELECT 1 FROM participant a JOIN participant b ON b.conversation_id = a.conversation_id
  WHERE a.user_id = one AND a.state = 'active' AND NOT a.is_anonymous
    AND b.user_id = other AND b.state = 'active' AND NOT b.is_anonymous);

-- The conversation of the person who acts and a prayer's author about it: the one there is, or a new one, with its
-- memorial line. Takes the pair's lock first, so that two at once make one.
-- Request: {prayer, is_anonymous, conversation, line, latitude, longitude, days, notice}. Outcome: found | new | not_found |
-- own | conflict | blocked. Members with a `rev` above `rev_before` have come back, or were asked again.
CREATE FUNCTION open_prayer_conversation(request jsonb)
RETURNS TABLE (outcome text, conversation uuid, rev_before bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  about prayer;
  writer uuid;
  hides boolean := (request->>'is_anonymous')::boolean;
  room uuid;
  mine uuid := gen_random_uuid();
  is_request boolean;
  is_told boolean;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtextextended((request->>'prayer') || person()::text, 2));
  -- Shared with others who answer; its author's changes and its end wait, and are waited for.
  SELECT p.* INTO about FROM prayer p WHERE p.id = (request->>'prayer')::uuid AND NOT p.is_hidden FOR SHARE;
  writer := author_behind(about.id);
  SELECT t.conversation_id INTO room FROM prayer_pair t WHERE t.prayer_id = about.id AND t.responder_id = person();
  outcome := CASE
    WHEN about.id IS NULL THEN 'not_found'
    WHEN writer = person() THEN 'own'
    WHEN room IS NOT NULL THEN 'found'
    WHEN about.status <> 'open' THEN 'conflict'
    WHEN NOT hides AND NOT about.is_anonymous AND blocked_with(writer) THEN 'blocked'
    ELSE 'new' END;
  IF outcome <> 'new' THEN
    RETURN QUERY SELECT outcome, room, CASE WHEN outcome = 'found'
      THEN come_together(room, writer, (request->>'notice')::uuid) END;
    RETURN;
  END IF;
  room := (request->>'conversation')::uuid;
  is_request := are_strangers(person(), writer, hides OR about.is_anonymous);
  is_told := NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = writer AND b.blocked_id = person());
  INSERT INTO conversation (id, kind, title, description, prayer_id, is_private, requires_approval, is_active, epoch, rev,
    latest_seq, settings_rev, latest_activity_at, active_count, member_count, created_at, updated_at)
  VALUES (room, 'prayer_response', about.title, '', about.id, true, false, true, 1, 1, 0, 1, clock_timestamp(), 1, 2,
    clock_timestamp(), clock_timestamp());
  INSERT INTO participant (id, conversation_id, user_id, role, state, is_anonymous, rev, is_request, is_told, invited_by,
    created_at, visible_from_seq, read_seq, delivered_seq, notification_level, me_rev)
  VALUES
    (mine, room, person(), 'member', 'active', hides, 1, false, true, NULL, clock_timestamp(), 1, 0, 0, 'all', 0),
    (gen_random_uuid(), room, writer, 'member', 'invited', about.is_anonymous, 1, is_request, is_told, mine,
      clock_timestamp(), 1, 0, 0, 'all', 0);
  INSERT INTO prayer_pair (conversation_id, prayer_id, responder_id) VALUES (room, about.id, person());
  PERFORM draw_line((request->>'line')::uuid, about.id, person(), (request->>'latitude')::integer,
    (request->>'longitude')::integer, (request->>'days')::integer);
  IF is_told THEN
    PERFORM open_notifications('prayer_conversation_started', ARRAY[writer], ARRAY[(request->>'notice')::uuid], room, room,
      about.id, NULL, NOT is_request);
  END IF;
  RETURN QUERY SELECT 'new', room, 1::bigint;
END $$;

-- Asked for again: who acts comes back if they had left, and the author is asked again who has left, or declined 30
-- days ago. Each step takes a rev; the last one before them.
CREATE FUNCTION come_together(room uuid, writer uuid, notice uuid) RETURNS bigint
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
DECLARE
  found_ conversation;
  one participant;
  steps integer := 0;
BEGIN
  SELECT c.* INTO found_ FROM conversation c WHERE c.id = room FOR NO KEY UPDATE;
  FOR one IN SELECT p.* FROM participant p WHERE p.conversation_id = room AND found_.is_active AND (
      (p.user_id = person() AND p.state = 'left')
      OR (p.user_id = writer AND (p.state = 'left' OR (p.state = 'invited' AND p.declined_at < now() - interval '30 days'))))
    ORDER BY p.id FOR NO KEY UPDATE LOOP
    steps := steps + 1;
    UPDATE participant p SET state = CASE WHEN one.user_id = writer THEN 'invited' ELSE 'active' END, declined_at = NULL,
      rev = found_.rev + steps, visible_from_seq = found_.latest_seq + 1, read_seq = found_.latest_seq,
      delivered_seq = found_.latest_seq
    WHERE p.id = one.id;
    IF one.user_id = writer AND one.is_told THEN
      PERFORM open_notifications('prayer_conversation_started', ARRAY[writer], ARRAY[notice], room, room,
        found_.prayer_id, NULL, NOT one.is_request);
    END IF;
  END LOOP;
  IF steps > 0 THEN
    UPDATE conversation c SET rev = c.rev + steps, updated_at = clock_timestamp() WHERE c.id = room;
    PERFORM recount_members(room);
  END IF;
  RETURN found_.rev;
END $$;

-- Who is to be told that a conversation waits for them. For the server itself, after the commit: no request may ask,
-- since one of them may be anonymous.
CREATE FUNCTION people_to_tell(conversation uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.user_id FROM participant p WHERE p.conversation_id = $1 AND p.state = 'invited' AND p.is_told
    AND p.declined_at IS NULL $$;

-- The conversations that follow one of one's own prayers, locked in id order before the prayer is, as a send does.
CREATE FUNCTION lock_conversations_of_prayer(prayer uuid) RETURNS SETOF uuid
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  IF is_my_prayer($1) THEN
    RETURN QUERY SELECT c.id FROM conversation c WHERE c.prayer_id = $1 ORDER BY c.id FOR NO KEY UPDATE;
  END IF;
END $$;

-- A conversation about a prayer has its title, and keeps nothing of a prayer that is no more. Each takes a rev.
CREATE FUNCTION conversations_follow_prayer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  is_leaving boolean := TG_OP = 'DELETE';
BEGIN
  UPDATE conversation c SET prayer_id = CASE WHEN is_leaving THEN NULL ELSE c.prayer_id END,
    title = CASE WHEN c.kind <> 'prayer_response' THEN c.title WHEN is_leaving THEN '' ELSE NEW.title END,
    rev = c.rev + 1, settings_rev = c.rev + 1, updated_at = clock_timestamp()
  WHERE c.prayer_id = OLD.id AND (is_leaving OR c.kind = 'prayer_response');
  RETURN CASE WHEN is_leaving THEN OLD ELSE NEW END;
END $$;
CREATE TRIGGER prayer_conversations_title AFTER UPDATE OF title ON prayer FOR EACH ROW
WHEN (OLD.title <> NEW.title) EXECUTE FUNCTION conversations_follow_prayer();
CREATE TRIGGER prayer_conversations_stay BEFORE DELETE ON prayer FOR EACH ROW EXECUTE FUNCTION conversations_follow_prayer();

-- An update that says so answers the prayer of its conversation, in whichever way it was written. Not when an old one
-- is written again, from an archive.
CREATE FUNCTION answer_prayer_of_message() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM answer_prayer(c.prayer_id) FROM conversation c WHERE c.id = NEW.conversation_id AND c.prayer_id IS NOT NULL;
  RETURN NULL;
END $$;
CREATE TRIGGER message_answers_prayer AFTER INSERT OR UPDATE OF payload ON message FOR EACH ROW
WHEN (NEW.type = 'prayer_update' AND NEW.state = 'live' AND NEW.payload @> '{"is_answered": true}'
  AND NEW.created_at > now() - interval '1 hour')
EXECUTE FUNCTION answer_prayer_of_message();

-- For the server itself, after the commit of an update that said so: the prayer, and whom it has to tell.
CREATE FUNCTION people_told_of_answer(conversation uuid) RETURNS TABLE (prayer uuid, person uuid)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.prayer_id, told FROM conversation c
  LEFT JOIN LATERAL people_told('prayer_answered', c.prayer_id) AS told ON true
  WHERE c.id = $1 AND c.prayer_id IS NOT NULL $$;

REVOKE EXECUTE ON FUNCTION are_strangers(uuid, uuid, boolean), open_prayer_conversation(jsonb), come_together(uuid, uuid, uuid),
  people_to_tell(uuid), people_told_of_answer(uuid), lock_conversations_of_prayer(uuid), conversations_follow_prayer(), answer_prayer_of_message()
  FROM PUBLIC;
GRANT EXECUTE ON FUNCTION open_prayer_conversation(jsonb), lock_conversations_of_prayer(uuid) TO prayermap_member;
GRANT EXECUTE ON FUNCTION people_to_tell(uuid), people_told_of_answer(uuid) TO prayermap_app;
