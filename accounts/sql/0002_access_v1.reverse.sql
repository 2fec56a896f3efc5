DROP POLICY block_staff ON accounts_block;
DROP POLICY block_self ON accounts_block;
DROP POLICY block_app ON accounts_block;
DROP POLICY session_staff ON accounts_session;
DROP POLICY session_app ON accounts_session;
DROP POLICY user_staff ON accounts_user;
DROP POLICY user_self ON accounts_user;
DROP POLICY user_app ON accounts_user;

ALTER TABLE accounts_block DISABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_session DISABLE ROW LEVEL SECURITY;
ALTER TABLE accounts_user DISABLE ROW LEVEL SECURITY;

REVOKE ALL ON accounts_user, accounts_session, accounts_block FROM prayermap_app, prayermap_member, prayermap_staff;
