-- Notifications: each person's own. Others open them through functions of their apps, never by name of a role here.

ALTER TABLE notification ENABLE ROW LEVEL SECURITY;
-- Opened and closed again and again: room on the page for the next version of a row.
ALTER TABLE notification SET (fillfactor = 70);
GRANT SELECT, UPDATE (read_at) ON notification TO prayermap_member;
CREATE POLICY notification_own ON notification TO prayermap_member
  USING (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid)
  WITH CHECK (user_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);

-- Django names a default in its own INSERTs only; functions of other apps need it here.
ALTER TABLE notification ALTER count SET DEFAULT 1, ALTER push_tries SET DEFAULT 0;
