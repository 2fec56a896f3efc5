DROP FUNCTION star_message(uuid, bigint, boolean);
DROP FUNCTION pin_message(uuid, bigint, boolean);
DROP FUNCTION reactions_of(uuid[]);
DROP FUNCTION set_reaction(uuid, bigint, text, boolean);
