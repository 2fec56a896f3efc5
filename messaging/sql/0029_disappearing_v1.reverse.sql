REVOKE EXECUTE ON FUNCTION release_attachments(uuid[]), settle_notifications(uuid[]) FROM prayermap_writer;
DROP FUNCTION expire_messages(timestamptz, integer);
DROP FUNCTION set_disappearing(uuid, integer);
