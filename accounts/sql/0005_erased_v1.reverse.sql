REVOKE SELECT (erased_at) ON accounts_user FROM prayermap_staff;
