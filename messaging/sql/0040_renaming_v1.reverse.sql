DROP FUNCTION step_renamed(uuid, integer);
