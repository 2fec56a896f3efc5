DROP FUNCTION just_settled(uuid, uuid);
DROP FUNCTION withdraw_notifications(text[], uuid, uuid[]);
DROP FUNCTION close_own_notifications(uuid[], uuid);
DROP FUNCTION open_notifications(text, uuid[], uuid[], uuid, uuid, uuid, bigint, boolean);
GRANT UPDATE (read_at) ON notification TO prayermap_member;
DROP POLICY notification_settings_own ON notification_settings;
DROP POLICY notification_preference_own ON notification_preference;
REVOKE ALL ON notification_preference, notification_settings FROM prayermap_member;
