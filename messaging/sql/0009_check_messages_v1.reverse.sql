DROP FUNCTION check_messages();
