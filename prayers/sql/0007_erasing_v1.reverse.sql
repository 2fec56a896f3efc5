DROP FUNCTION erase_line_ends(uuid[]), erase_responses(uuid[]), erase_prayers(uuid[]), erased_text();
