DROP FUNCTION first_members(uuid[], integer);
DROP FUNCTION latest_messages(uuid[], uuid[], bigint[], uuid);
DROP FUNCTION my_conversations(text, text, boolean, uuid, timestamptz, integer, integer);

CREATE OR REPLACE FUNCTION member_names(members uuid[]) RETURNS TABLE (id uuid, name text, is_hidden boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name END, is_hidden_from_me(p)
  FROM participant p JOIN accounts_user u ON u.id = p.user_id
  WHERE p.id = ANY (members) AND is_listed_in(p.conversation_id) $$;
