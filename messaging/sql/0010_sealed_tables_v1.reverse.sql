ALTER TABLE message ALTER hops DROP DEFAULT;
ALTER TABLE participant ALTER is_notified DROP DEFAULT;
ALTER TABLE conversation ALTER is_frozen DROP DEFAULT, ALTER slow_mode_s DROP DEFAULT;
REVOKE SELECT (expires_at, hops) ON message FROM prayermap_staff;
REVOKE SELECT (silenced_until) ON participant FROM prayermap_staff;
REVOKE UPDATE (marked_unread_at) ON participant FROM prayermap_member;
REVOKE UPDATE (disappear_after_s, slow_mode_s, is_frozen) ON conversation FROM prayermap_member;
REVOKE SELECT (disappear_after_s, slow_mode_s, is_frozen) ON conversation FROM prayermap_staff;
