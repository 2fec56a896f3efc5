-- Who is told of what happens to a prayer: its author of responses, those who answered it that it was answered. Here,
-- since no request may know who these people are.

-- A notification of this kind about a prayer for each of these people.
CREATE FUNCTION notify_of_prayer(kind text, people uuid[], prayer uuid) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  SELECT open_notifications($1, people, ARRAY(
    SELECT (left(uuid7_floor(clock_timestamp())::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid
    FROM unnest(people)), prayer, NULL, prayer, NULL, true) $$;

-- Not of a response by somebody whom the author has blocked.
CREATE FUNCTION notify_of_response() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
DECLARE
  writer uuid := author_behind(NEW.prayer_id);
BEGIN
  IF NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = writer AND b.blocked_id = NEW.author_id) THEN
    PERFORM notify_of_prayer('prayer_response', ARRAY[writer], NEW.prayer_id);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER prayer_response_told AFTER INSERT ON prayer_response FOR EACH ROW EXECUTE FUNCTION notify_of_response();

-- All who responded or began a conversation, but for those who have blocked a named author.
CREATE FUNCTION notify_of_answer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM notify_of_prayer('prayer_answered', array_agg(x.person), NEW.id) FROM (
    SELECT e.responder_id AS person FROM memorial_end e WHERE e.prayer_id = NEW.id
    UNION SELECT coalesce(r.author_id, a.user_id) FROM prayer_response r
      LEFT JOIN prayer_response_author a ON a.response_id = r.id WHERE r.prayer_id = NEW.id) x
  WHERE NOT EXISTS (SELECT 1 FROM accounts_block b WHERE b.blocker_id = x.person AND b.blocked_id = NEW.author_id)
  HAVING count(*) > 0;
  RETURN NULL;
END $$;
CREATE TRIGGER prayer_answer_told AFTER UPDATE OF status ON prayer FOR EACH ROW
WHEN (NEW.status = 'answered' AND OLD.status <> 'answered') EXECUTE FUNCTION notify_of_answer();

CREATE FUNCTION withdraw_of_prayer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM withdraw_notifications(ARRAY['prayer_response', 'prayer_answered'], OLD.id, NULL);
  RETURN OLD;
END $$;
CREATE TRIGGER prayer_notices_withdrawn BEFORE DELETE ON prayer FOR EACH ROW EXECUTE FUNCTION withdraw_of_prayer();

REVOKE EXECUTE ON FUNCTION notify_of_prayer(text, uuid[], uuid), notify_of_response(), notify_of_answer(),
  withdraw_of_prayer() FROM PUBLIC;
