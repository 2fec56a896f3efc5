-- What the roles of the console may do: the second lock behind moderation/rules.py, which holds the same table.

CREATE FUNCTION role_rights() RETURNS TABLE (role text, may text)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$ VALUES
  ('moderator', 'case.read'), ('moderator', 'case.work'), ('moderator', 'case.approve'),
  ('senior moderator', 'case.read'), ('senior moderator', 'case.work'), ('senior moderator', 'case.approve'),
  ('senior moderator', 'case.approve_gravest'), ('senior moderator', 'case.break_glass'),
  ('senior moderator', 'audit.read'),
  ('privacy officer', 'privacy.work'), ('privacy officer', 'audit.read'),
  ('administrator', 'role.give'), ('administrator', 'audit.read') $$;

-- Whether the person who acts has this right: of the staff, let in, and in a role that has it. Superusers have all.
CREATE FUNCTION has_right(wanted text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (
    SELECT 1 FROM accounts_user u
    WHERE u.id = person() AND u.is_staff AND u.is_active AND u.banned_at IS NULL
      AND (u.suspended_until IS NULL OR u.suspended_until <= now())
      AND (u.is_superuser OR EXISTS (
        SELECT 1 FROM accounts_user_groups m JOIN auth_group g ON g.id = m.group_id
        JOIN role_rights() r ON r.role = g.name
        WHERE m.user_id = u.id AND r.may = wanted))) $$;

REVOKE EXECUTE ON FUNCTION has_right(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION has_right(text) TO prayermap_staff;

INSERT INTO auth_group (name) VALUES ('senior moderator'), ('privacy officer'), ('administrator')
  ON CONFLICT (name) DO NOTHING;

-- Roles are given and taken by those who may, and by nobody to themselves. The server itself loads the demo.
ALTER TABLE accounts_user_groups ENABLE ROW LEVEL SECURITY;
CREATE POLICY user_groups_app ON accounts_user_groups TO prayermap_app USING (true);
CREATE POLICY user_groups_seen ON accounts_user_groups FOR SELECT TO prayermap_staff USING (true);
CREATE POLICY user_groups_given ON accounts_user_groups FOR INSERT TO prayermap_staff
  WITH CHECK (user_id <> person() AND has_right('role.give'));
CREATE POLICY user_groups_taken ON accounts_user_groups FOR DELETE TO prayermap_staff
  USING (user_id <> person() AND has_right('role.give'));
