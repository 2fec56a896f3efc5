DROP POLICY user_groups_taken ON accounts_user_groups;
DROP POLICY user_groups_given ON accounts_user_groups;
DROP POLICY user_groups_seen ON accounts_user_groups;
DROP POLICY user_groups_app ON accounts_user_groups;
ALTER TABLE accounts_user_groups DISABLE ROW LEVEL SECURITY;

-- A group with people in it stays.
DELETE FROM auth_group_permissions p USING auth_group g
  WHERE g.id = p.group_id AND g.name IN ('senior moderator', 'privacy officer', 'administrator')
    AND NOT EXISTS (SELECT FROM accounts_user_groups m WHERE m.group_id = g.id);
DELETE FROM auth_group g WHERE name IN ('senior moderator', 'privacy officer', 'administrator')
  AND NOT EXISTS (SELECT FROM accounts_user_groups m WHERE m.group_id = g.id);

DROP FUNCTION has_right(text);
DROP FUNCTION role_rights();
