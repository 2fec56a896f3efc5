DROP FUNCTION message_delivery(uuid, bigint, uuid, integer);
DROP FUNCTION answers_of(uuid, bigint, integer);
