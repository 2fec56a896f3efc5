CREATE OR REPLACE FUNCTION set_writable(conversation uuid, writable boolean) RETURNS bigint
LANGUAGE sql VOLATILE SET search_path = public, pg_temp AS $$
  UPDATE conversation c SET is_active = $2, rev = c.rev + 1, settings_rev = c.rev + 1
  WHERE c.id = $1 AND c.is_active <> $2 RETURNING c.rev $$;
DROP FUNCTION people_listing(uuid), restore_conversation(uuid), archive_conversation(uuid, uuid), stays_closed(uuid),
  is_frozen_by_decision(uuid), mark_archived(uuid, timestamptz, timestamptz), archival_preview(uuid),
  conversation_obstacle(uuid);
DROP POLICY conversation_archival_seen ON conversation_archival;
REVOKE SELECT ON conversation_archival FROM prayermap_staff;
ALTER TABLE conversation_archival DISABLE ROW LEVEL SECURITY;
