DELETE FROM auth_group g WHERE name = 'moderator'
    AND NOT EXISTS (SELECT FROM accounts_user_groups m WHERE m.group_id = g.id);
