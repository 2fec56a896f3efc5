DROP FUNCTION blocked_names(uuid[]);
DROP FUNCTION is_person(uuid);
DROP FUNCTION blocked_with(uuid);
