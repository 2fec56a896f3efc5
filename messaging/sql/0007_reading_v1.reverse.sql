DROP FUNCTION changed_members(uuid, bigint, integer);
DROP FUNCTION member_names(uuid[]);
DROP FUNCTION is_hidden_from_me(participant);
DROP FUNCTION own_anonymous(uuid[]);
DROP FUNCTION unread_total();
DROP FUNCTION unread_counts(uuid[]);
DROP FUNCTION hidden_members();
DROP FUNCTION members_page(uuid, uuid, integer);
DROP FUNCTION visible_members(uuid[], uuid[], uuid, integer);
