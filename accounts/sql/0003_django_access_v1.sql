-- The tables of Django and allauth that the server reads and writes as itself (sign-in, browser sessions, second
-- factor), and what the admin site needs as a moderator. They hold no member's messages: no row-level security.
-- New tables get nothing by themselves: no default privileges.

GRANT SELECT ON django_migrations, django_content_type, auth_permission, auth_group, auth_group_permissions
    TO prayermap_app, prayermap_staff;
-- Never to staff: the key of a session signs its owner in.
GRANT SELECT, INSERT, UPDATE, DELETE ON django_session TO prayermap_app;
GRANT SELECT, INSERT ON django_admin_log TO prayermap_app, prayermap_staff;

GRANT SELECT, INSERT, DELETE ON accounts_user_groups, accounts_user_user_permissions TO prayermap_app;
GRANT SELECT, INSERT, DELETE ON accounts_user_groups TO prayermap_staff;
GRANT SELECT ON accounts_user_user_permissions TO prayermap_staff;

GRANT SELECT, INSERT, UPDATE, DELETE ON account_emailaddress, account_emailconfirmation TO prayermap_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON mfa_authenticator TO prayermap_app;
-- Whether there is a second factor, and which kind; never its secret.
GRANT SELECT (id, user_id, type, created_at, last_used_at) ON mfa_authenticator TO prayermap_staff;
GRANT SELECT ON account_emailaddress TO prayermap_staff;
