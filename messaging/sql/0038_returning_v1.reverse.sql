DROP FUNCTION shared_marks(uuid, integer);
DROP FUNCTION changed_messages(uuid, bigint, integer);
DROP FUNCTION my_counters();
DROP FUNCTION my_memberships(uuid, uuid[], integer);
