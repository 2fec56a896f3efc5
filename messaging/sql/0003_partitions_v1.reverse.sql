DROP FUNCTION message_months();
DROP FUNCTION create_message_month(date);
DROP FUNCTION uuid7_floor(timestamptz);
