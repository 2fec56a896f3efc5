DROP FUNCTION erase_member(uuid), erase_reactions(uuid, integer), erase_written(uuid, boolean, bigint, integer),
  mark_erased(uuid, uuid[]);
