DROP FUNCTION changed_members(uuid, bigint, integer);
DROP FUNCTION member_names(uuid[]);
DROP FUNCTION own_anonymous(uuid[]);
DROP FUNCTION unread_total();
DROP FUNCTION unread_counts(uuid[]);
DROP FUNCTION members_page(uuid, uuid, integer);
DROP FUNCTION visible_members(uuid[], uuid[], uuid, integer);
