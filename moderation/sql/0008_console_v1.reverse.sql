DROP FUNCTION cases_of_person(uuid, integer);
DROP FUNCTION case_backlog(integer);
DROP FUNCTION case_flow(integer);
