-- A group with people in it stays. What upper apps gave it goes with it.
DELETE FROM auth_group_permissions p USING auth_group g
    WHERE g.id = p.group_id AND g.name = 'moderator'
    AND NOT EXISTS (SELECT FROM accounts_user_groups m WHERE m.group_id = g.id);
DELETE FROM auth_group g WHERE name = 'moderator'
    AND NOT EXISTS (SELECT FROM accounts_user_groups m WHERE m.group_id = g.id);
