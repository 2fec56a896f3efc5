ALTER TABLE notification ALTER count DROP DEFAULT, ALTER push_tries DROP DEFAULT;
DROP POLICY notification_own ON notification;
REVOKE ALL ON notification FROM prayermap_member;
