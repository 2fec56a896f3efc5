-- Files and turns of slow mode name people where others must not look: no role of requests has a grant on them.

ALTER TABLE media_blob ENABLE ROW LEVEL SECURITY;
ALTER TABLE attachment ENABLE ROW LEVEL SECURITY;
ALTER TABLE slow_mode_turn ENABLE ROW LEVEL SECURITY;

GRANT SELECT (disappear_after_s, slow_mode_s, is_frozen) ON conversation TO prayermap_staff;
GRANT UPDATE (disappear_after_s, slow_mode_s, is_frozen) ON conversation TO prayermap_member;
GRANT UPDATE (marked_unread_at) ON participant TO prayermap_member;
GRANT SELECT (silenced_until) ON participant TO prayermap_staff;
GRANT SELECT (expires_at, hops) ON message TO prayermap_staff;

-- Django names a default in its own INSERTs only; functions and servers of the version before need it here.
ALTER TABLE conversation ALTER is_frozen SET DEFAULT false, ALTER slow_mode_s SET DEFAULT 0;
ALTER TABLE participant ALTER is_notified SET DEFAULT false;
ALTER TABLE message ALTER hops SET DEFAULT 0;
