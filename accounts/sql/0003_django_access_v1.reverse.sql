REVOKE ALL ON account_emailaddress, mfa_authenticator, accounts_user_user_permissions, accounts_user_groups,
    django_admin_log, django_session, django_migrations, django_content_type, auth_permission, auth_group,
    auth_group_permissions FROM prayermap_staff;
REVOKE ALL ON account_emailaddress, account_emailconfirmation, mfa_authenticator, accounts_user_user_permissions,
    accounts_user_groups, django_admin_log, django_session, django_migrations, django_content_type, auth_permission,
    auth_group, auth_group_permissions FROM prayermap_app;
