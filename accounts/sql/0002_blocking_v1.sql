-- What a person may learn about others by blocking. None takes the person who acts as a parameter.

-- Has one of the two of us blocked the other? Members who are named only: a block never shows on an anonymous one.
CREATE FUNCTION blocked_with(other uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM accounts_block b
    WHERE b.blocker_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid AND b.blocked_id = other)
  OR EXISTS (SELECT 1 FROM accounts_block b
    WHERE b.blocker_id = other AND b.blocked_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid) $$;

-- Is there such a person? Ids aren't secret, but they can't be guessed.
CREATE FUNCTION is_person(other uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM accounts_user u WHERE u.id = other) $$;

-- The names of those among `people` whom the person who acts has blocked.
CREATE FUNCTION blocked_names(people uuid[]) RETURNS TABLE (id uuid, name text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT u.id, u.display_name::text FROM accounts_user u
  JOIN accounts_block b ON b.blocked_id = u.id
  WHERE b.blocker_id = NULLIF(current_setting('prayermap.user_id', true), '')::uuid AND u.id = ANY (people) $$;

REVOKE EXECUTE ON FUNCTION blocked_with(uuid), is_person(uuid), blocked_names(uuid[]) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION blocked_with(uuid), is_person(uuid), blocked_names(uuid[]) TO prayermap_member;
