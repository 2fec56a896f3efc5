-- Open, close and withdraw notifications, set-wise. No text goes in; every function answers whom it concerned, so that
-- the caller can tell connected devices after the commit.
--
-- Order of locks: whoever also locks member rows does so first. Rows of notifications are then locked in the order of
-- their key, so that two of these can't wait for each other.

ALTER TABLE notification_preference ENABLE ROW LEVEL SECURITY;
ALTER TABLE notification_settings ENABLE ROW LEVEL SECURITY;
GRANT SELECT, INSERT, UPDATE, DELETE ON notification_preference, notification_settings TO prayermap_member;
CREATE POLICY notification_preference_own ON notification_preference TO prayermap_member
  USING (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid)
  WITH CHECK (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);
CREATE POLICY notification_settings_own ON notification_settings TO prayermap_member
  USING (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid)
  WITH CHECK (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);
-- Closing means more than `read_at`: only the functions do it.
REVOKE UPDATE (read_at) ON notification FROM prayermap_member;

-- One notification for each of these people, with the ids given. Who does something is not told of it.
CREATE FUNCTION open_notifications(kind text, users uuid[], ids uuid[], subject uuid, conversation uuid, prayer uuid,
  seq bigint, is_pushed boolean) RETURNS SETOF uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  INSERT INTO notification AS n (id, user_id, kind, subject, conversation_id, prayer_id, first_seq, count, created_at,
    updated_at, push_due_at, push_tries)
  SELECT w.id, w.user_id, $1, $4, $5, $6, $7, 1, clock_timestamp(), clock_timestamp(),
    CASE WHEN is_pushed THEN clock_timestamp() + interval '10 seconds' END, 0
  FROM (SELECT DISTINCT ON (x.user_id) x.user_id, x.id FROM unnest($2, $3) AS x(user_id, id) ORDER BY x.user_id) w
  JOIN accounts_user u ON u.id = w.user_id AND u.is_active
  WHERE w.user_id IS DISTINCT FROM NULLIF(current_setting('prayermap.user_id', true), '')::uuid
  ORDER BY w.user_id
  ON CONFLICT (user_id, kind, subject) DO UPDATE SET
    first_seq = CASE WHEN n.read_at IS NULL THEN n.first_seq ELSE EXCLUDED.first_seq END,
    count = CASE WHEN n.read_at IS NULL THEN n.count ELSE 0 END + 1,
    conversation_id = EXCLUDED.conversation_id, prayer_id = EXCLUDED.prayer_id,
    read_at = NULL, updated_at = EXCLUDED.updated_at, push_tries = 0,
    push_due_at = coalesce(n.push_due_at, EXCLUDED.push_due_at)
  RETURNING n.user_id $$;

-- Close some of one's own: these, those of a conversation, or (both NULL) all. Closed ones that were pushed are due
-- once more: the worker takes them back from the devices.
-- What a send opens at this very moment is newer than the wish to close, and left alone; what the worker holds for
-- some milliseconds is waited for.
CREATE FUNCTION close_own_notifications(ids uuid[], conversation uuid)
RETURNS TABLE (id uuid, kind text, subject uuid)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  me uuid := NULLIF(current_setting('prayermap.user_id', true), '')::uuid;
  moment timestamptz := clock_timestamp();
BEGIN
  FOR attempt IN 1..20 LOOP
    RETURN QUERY
    UPDATE notification n SET read_at = clock_timestamp(), push_tries = 0, is_held = false,
      push_due_at = CASE WHEN n.pushed_at IS NOT NULL THEN clock_timestamp() END
    FROM (SELECT o.id FROM notification o WHERE o.user_id = me AND o.read_at IS NULL AND o.updated_at <= moment
            AND ($1 IS NULL OR o.id = ANY ($1)) AND ($2 IS NULL OR o.conversation_id = $2)
          FOR UPDATE SKIP LOCKED) w
    WHERE n.id = w.id
    RETURNING n.id, n.kind, n.subject;
    EXIT WHEN NOT EXISTS (SELECT 1 FROM notification o WHERE o.user_id = me AND o.read_at IS NULL
      AND o.updated_at <= moment AND ($1 IS NULL OR o.id = ANY ($1)) AND ($2 IS NULL OR o.conversation_id = $2));
    PERFORM pg_sleep(0.02);
  END LOOP;
END $$;

-- Take back what tells of a subject that is no more, or no longer anybody's affair: for these people, or (NULL) all.
CREATE FUNCTION withdraw_notifications(kinds text[], subject uuid, users uuid[])
RETURNS TABLE (user_id uuid, id uuid)
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  UPDATE notification n SET read_at = clock_timestamp(), push_tries = 0, is_held = false,
    push_due_at = CASE WHEN n.pushed_at IS NOT NULL THEN clock_timestamp() END
  -- Uses index: notification_open_subject
  FROM (SELECT o.id FROM notification o WHERE o.subject = $2 AND o.read_at IS NULL AND o.kind = ANY ($1)
          AND ($3 IS NULL OR o.user_id = ANY ($3))
        ORDER BY o.user_id, o.kind FOR UPDATE) w
  WHERE n.id = w.id
  RETURNING n.user_id, n.id $$;

-- What this very transaction has closed of somebody's notifications about a subject.
CREATE FUNCTION just_settled(subject uuid, person uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT n.id FROM notification n
  WHERE n.user_id = $2 AND n.subject = $1 AND n.read_at >= transaction_timestamp() $$;

REVOKE EXECUTE ON FUNCTION just_settled(uuid, uuid), open_notifications(text, uuid[], uuid[], uuid, uuid, uuid, bigint, boolean),
  close_own_notifications(uuid[], uuid), withdraw_notifications(text[], uuid, uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION close_own_notifications(uuid[], uuid) TO prayermap_member;
GRANT EXECUTE ON FUNCTION just_settled(uuid, uuid), open_notifications(text, uuid[], uuid[], uuid, uuid, uuid, bigint, boolean),
  withdraw_notifications(text[], uuid, uuid[]) TO prayermap_member, prayermap_staff;
