-- What is closed because its messages are gone names people who may be anonymous there: the role that belongs to nobody
-- asks, so no request ever holds it.
REVOKE EXECUTE ON FUNCTION settle_notifications(uuid[]) FROM prayermap_member, prayermap_staff;
