DROP FUNCTION anonymise_message(uuid, bigint);
