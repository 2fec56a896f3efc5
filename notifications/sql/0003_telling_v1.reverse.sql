GRANT EXECUTE ON FUNCTION withdraw_notifications(text[], uuid, uuid[]) TO prayermap_member;
DROP FUNCTION people_told(text, uuid);
