-- Who may see what of people: the second lock behind accounts/rules.py and accounts/queries.py.
--   prayermap_app     the login of the server: finds out who somebody is, signs in and out.
--   prayermap_member  somebody's request: oneself, and one's own blocks.
--   prayermap_staff   the admin site.
-- The app's role reads every person, since nobody is signed in yet when a token or a password is checked; a
-- request for a person leaves that role with its first statement (acting_as).

GRANT SELECT, INSERT, UPDATE ON accounts_user TO prayermap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts_session TO prayermap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON accounts_block TO prayermap_app;

GRANT SELECT ON accounts_user TO prayermap_member;
GRANT UPDATE (display_name, timezone, share_read_receipts, share_presence) ON accounts_user TO prayermap_member;
GRANT SELECT, INSERT, DELETE ON accounts_block TO prayermap_member;

-- Not the password's hash; not which anonymous member somebody blocked, which would tell who meets whom where.
GRANT SELECT (id, email, display_name, timezone, share_read_receipts, share_presence, is_staff, is_active,
    is_superuser, suspended_until, suspension_reason_code, banned_at, created_at, last_login)
    ON accounts_user TO prayermap_staff;
GRANT SELECT (id, blocker_id, blocked_id, created_at) ON accounts_block TO prayermap_staff;
-- Neither is_superuser nor password: those are for the command line and for the person.
GRANT UPDATE (display_name, timezone, is_active, is_staff, suspended_until, suspension_reason_code, banned_at)
    ON accounts_user TO prayermap_staff;
GRANT SELECT (id, user_id, device_id, generation, rotated_at, created_at, last_used_at, expires_at, ended_at, end_reason),
    UPDATE (ended_at, end_reason) ON accounts_session TO prayermap_staff;

ALTER TABLE accounts_user ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_session ENABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_block ENABLE ROW LEVEL SECURITY;

CREATE POLICY user_app ON accounts_user TO prayermap_app USING (true);
CREATE POLICY user_self ON accounts_user TO prayermap_member
    USING (id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);
CREATE POLICY user_staff ON accounts_user TO prayermap_staff USING (true);

CREATE POLICY session_app ON accounts_session TO prayermap_app USING (true);
CREATE POLICY session_staff ON accounts_session TO prayermap_staff USING (true);

CREATE POLICY block_app ON accounts_block TO prayermap_app USING (true);
CREATE POLICY block_self ON accounts_block TO prayermap_member
    USING (blocker_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid);
CREATE POLICY block_staff ON accounts_block FOR SELECT TO prayermap_staff USING (true);
