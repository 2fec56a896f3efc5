DROP FUNCTION works_on_message(uuid);
DROP FUNCTION file_appeal(uuid, text, uuid, uuid);
DROP FUNCTION near_context(uuid);
DROP FUNCTION party_history(uuid, integer);
DROP FUNCTION learn_author(uuid);
DROP FUNCTION party_of(uuid);
