GRANT EXECUTE ON FUNCTION settle_notifications(uuid[]) TO prayermap_member, prayermap_staff;
