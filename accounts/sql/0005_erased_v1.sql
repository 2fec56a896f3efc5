-- Moderators see that an account is hollow.
GRANT SELECT (erased_at) ON accounts_user TO prayermap_staff;
