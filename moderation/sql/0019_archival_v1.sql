-- One conversation into its members' archives, and back: closed to writing, marked as archived for whoever has not done
-- that themselves, and all as it was when it comes back. Its messages stay where they are; they move with their months.

ALTER TABLE conversation_archival ENABLE ROW LEVEL SECURITY;
GRANT SELECT ON conversation_archival TO prayermap_staff;
CREATE POLICY conversation_archival_seen ON conversation_archival FOR SELECT TO prayermap_staff
  USING ((SELECT has_right('privacy.work')));

-- What keeps a conversation as it is: the same two reasons as in month_obstacles(). NULL: nothing does.
CREATE FUNCTION conversation_obstacle(conversation uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT CASE
    WHEN EXISTS (SELECT 1 FROM legal_hold h WHERE h.released_at IS NULL AND (h.conversation_id = $1
      OR h.user_id IN (SELECT p.user_id FROM participant p WHERE p.conversation_id = $1))) THEN 'legal_hold'
    WHEN EXISTS (SELECT 1 FROM moderation_case c WHERE c.state = 'open' AND c.conversation_id = $1) THEN 'open_case'
  END $$;

-- What would happen, in numbers; no row for whoever may not ask or where there is no such conversation. `marked`: people
-- whose list it would leave. `archived_at`: it is archived already.
CREATE FUNCTION archival_preview(conversation uuid)
RETURNS TABLE (kind text, created_at timestamptz, latest_activity_at timestamptz, messages bigint, is_open boolean,
  active bigint, invited bigint, marked bigint, archived_at timestamptz, obstacle text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT c.kind, c.created_at, c.latest_activity_at, c.latest_seq, c.is_active, n.active, n.invited, n.marked,
    (SELECT a.archived_at FROM conversation_archival a WHERE a.conversation_id = c.id AND a.restored_at IS NULL),
    conversation_obstacle(c.id)
  FROM conversation c CROSS JOIN LATERAL (
    SELECT count(*) FILTER (WHERE p.state = 'active') AS active,
      count(*) FILTER (WHERE p.state IN ('invited', 'requested')) AS invited,
      count(*) FILTER (WHERE p.archived_at IS NULL) AS marked
    FROM participant p WHERE p.conversation_id = c.id AND p.state IN ('invited', 'requested', 'active')) n
  WHERE c.id = $1 AND has_right('privacy.work') $$;

-- Members whose own mark is `old` get `fresh`; each person's devices learn of it by their `me_rev`. Called under the
-- conversation's lock. Rows by id and then counters by person, as mark_receipts() locks them.
CREATE FUNCTION mark_archived(conversation uuid, old timestamptz, fresh timestamptz) RETURNS void
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  WITH theirs AS MATERIALIZED (
    SELECT p.id, p.user_id FROM participant p
    WHERE p.conversation_id = $1 AND p.archived_at IS NOT DISTINCT FROM old
      AND (old IS NOT NULL OR p.state IN ('invited', 'requested', 'active'))
    ORDER BY p.id FOR NO KEY UPDATE
  ), counted AS MATERIALIZED (
    INSERT INTO person_state AS s (user_id, me_rev)
    SELECT x.user_id, 1 FROM (SELECT DISTINCT t.user_id FROM theirs t ORDER BY t.user_id) x
    ON CONFLICT (user_id) DO UPDATE SET me_rev = s.me_rev + 1 RETURNING s.user_id, s.me_rev
  )
  UPDATE participant p SET archived_at = fresh, me_rev = k.me_rev
  FROM theirs t JOIN counted k ON k.user_id = t.user_id WHERE p.id = t.id $$;

CREATE FUNCTION is_frozen_by_decision(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM decision d JOIN moderation_case c ON c.id = d.case_id
    WHERE c.conversation_id = $1 AND d.kind = 'freeze_conversation' AND d.state = 'effective') $$;

-- What no undone decision opens again: what is archived, and what an erasure has closed (erase_member() in
-- messaging/sql/0033_erasing).
CREATE FUNCTION stays_closed(conversation uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM conversation_archival a WHERE a.conversation_id = $1 AND a.restored_at IS NULL)
    OR EXISTS (SELECT 1 FROM conversation c JOIN participant p ON p.conversation_id = c.id
      JOIN accounts_user u ON u.id = p.user_id
      WHERE c.id = $1 AND p.state IN ('left', 'removed') AND u.erased_at IS NOT NULL
        AND (c.active_count = 0 OR c.kind IN ('direct_message', 'prayer_response'))) $$;

-- As in 0006, but for what stays closed.
CREATE OR REPLACE FUNCTION set_writable(conversation uuid, writable boolean) RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  UPDATE conversation c SET is_active = $2, rev = c.rev + 1, settings_rev = c.rev + 1
  WHERE c.id = $1 AND c.is_active <> $2 AND NOT ($2 AND stays_closed($1)) RETURNING c.rev $$;

-- Outcome: ok (`new_rev` NULL where it was closed already) | not_found | conflict:archived | conflict:legal_hold |
-- conflict:open_case. Whoever may not is told what whoever asks for nothing is told.
CREATE FUNCTION archive_conversation(conversation uuid, fresh_id uuid, OUT outcome text, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  -- Not now(): two of the same transaction would have the same mark.
  moment timestamptz := clock_timestamp();
BEGIN
  outcome := 'not_found';
  IF NOT has_right('privacy.work') THEN
    RETURN;
  END IF;
  SELECT * INTO room FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  outcome := CASE
    WHEN room.id IS NULL THEN 'not_found'
    WHEN EXISTS (SELECT 1 FROM conversation_archival a WHERE a.conversation_id = $1 AND a.restored_at IS NULL)
      THEN 'conflict:archived'
    ELSE coalesce('conflict:' || conversation_obstacle($1), 'ok') END;
  IF outcome <> 'ok' THEN
    RETURN;
  END IF;
  INSERT INTO conversation_archival (id, conversation_id, archived_by_id, archived_at, was_open)
    VALUES (fresh_id, $1, person(), moment, room.is_active OR is_frozen_by_decision($1));
  PERFORM mark_archived($1, NULL, moment);
  new_rev := set_writable($1, false);
END $$;

-- Outcome: ok (`new_rev` NULL where it stays closed: moderators closed it, or it was before) | not_found |
-- conflict:not_archived.
CREATE FUNCTION restore_conversation(conversation uuid, OUT outcome text, OUT new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  kept conversation_archival;
BEGIN
  outcome := 'not_found';
  IF NOT has_right('privacy.work') THEN
    RETURN;
  END IF;
  SELECT * INTO room FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  IF room.id IS NULL THEN
    RETURN;
  END IF;
  UPDATE conversation_archival a SET restored_at = clock_timestamp()
    WHERE a.conversation_id = $1 AND a.restored_at IS NULL RETURNING a.* INTO kept;
  outcome := CASE WHEN kept.id IS NULL THEN 'conflict:not_archived' ELSE 'ok' END;
  IF outcome <> 'ok' THEN
    RETURN;
  END IF;
  PERFORM mark_archived($1, kept.archived_at, NULL);
  IF kept.was_open AND NOT is_frozen_by_decision($1) THEN
    new_rev := set_writable($1, true);
  END IF;
END $$;

-- Whose devices are told: everybody who has it in a list. For the role that belongs to nobody: it names people.
CREATE FUNCTION people_listing(conversation uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT DISTINCT p.user_id FROM participant p WHERE p.conversation_id = $1
    AND p.state IN ('invited', 'requested', 'active') AND p.is_told AND p.declined_at IS NULL $$;

REVOKE EXECUTE ON FUNCTION conversation_obstacle(uuid), archival_preview(uuid),
  mark_archived(uuid, timestamptz, timestamptz), is_frozen_by_decision(uuid), stays_closed(uuid),
  archive_conversation(uuid, uuid), restore_conversation(uuid), people_listing(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION archival_preview(uuid), archive_conversation(uuid, uuid), restore_conversation(uuid)
  TO prayermap_staff;
GRANT EXECUTE ON FUNCTION people_listing(uuid) TO prayermap_writer;
