DROP FUNCTION fade_old_messages(text, uuid, uuid, integer, boolean), is_kept(uuid);
