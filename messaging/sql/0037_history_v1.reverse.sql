DROP FUNCTION history_quotes(uuid, uuid, bigint, bigint[], uuid);
DROP FUNCTION history_page(uuid, bigint, bigint, integer, uuid);
