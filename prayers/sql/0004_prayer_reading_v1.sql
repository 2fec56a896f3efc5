-- Reads that must see past row-level security, and say only what everybody, or the person who acts, may know.

-- Who each of these prayers is by, as others see it, and whether it is one's own.
CREATE FUNCTION prayer_faces(prayers uuid[]) RETURNS TABLE (id uuid, author uuid, name text, is_mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id, p.author_id, CASE WHEN p.is_anonymous THEN 'Someone' ELSE u.display_name END,
    coalesce(p.author_id, a.user_id) = person()
  FROM prayer p LEFT JOIN accounts_user u ON u.id = p.author_id LEFT JOIN prayer_author a ON a.prayer_id = p.id
  WHERE p.id = ANY (prayers) AND NOT p.is_hidden $$;

CREATE FUNCTION response_faces(responses uuid[]) RETURNS TABLE (id uuid, author uuid, name text, is_mine boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id, r.author_id, CASE WHEN r.is_anonymous THEN 'Someone' ELSE u.display_name END,
    coalesce(r.author_id, a.user_id) = person()
  FROM prayer_response r LEFT JOIN accounts_user u ON u.id = r.author_id
  LEFT JOIN prayer_response_author a ON a.response_id = r.id
  WHERE r.id = ANY (responses) AND NOT r.is_hidden $$;

-- Prayers below a cursor, newest first, without those of named people behind a block. `meridians`: western and eastern
-- ends of the box's one or two parts. Uses index: prayer_pkey, backwards.
CREATE FUNCTION prayers_page(south integer, north integer, meridians integer[], before_id uuid, most integer)
RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT p.id FROM prayer p
  WHERE NOT p.is_hidden AND (before_id IS NULL OR p.id < before_id)
    AND (meridians IS NULL OR (p.grid_latitude BETWEEN south AND north
      AND (p.grid_longitude BETWEEN meridians[1] AND meridians[2] OR p.grid_longitude BETWEEN meridians[3] AND meridians[4])))
    AND (p.author_id IS NULL OR NOT blocked_with(p.author_id))
  ORDER BY p.id DESC LIMIT most $$;

-- One's own, the anonymous ones too. Uses indexes: prayer_of_author, prayer_author_user.
CREATE FUNCTION my_prayers_page(before_id uuid, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT mine.id FROM (
    (SELECT p.id FROM prayer p WHERE p.author_id = person() AND (before_id IS NULL OR p.id < before_id)
      AND NOT p.is_hidden ORDER BY p.id DESC LIMIT most)
    UNION ALL
    (SELECT a.prayer_id FROM prayer_author a JOIN prayer p ON p.id = a.prayer_id
      WHERE a.user_id = person() AND (before_id IS NULL OR a.prayer_id < before_id)
      AND NOT p.is_hidden ORDER BY a.prayer_id DESC LIMIT most)) mine
  ORDER BY mine.id DESC LIMIT most $$;

-- Responses below a cursor, newest first, without those of named people behind a block. Uses index:
-- prayer_response_prayer, backwards.
CREATE FUNCTION responses_page(prayer uuid, before_id uuid, most integer) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT r.id FROM prayer_response r
  WHERE r.prayer_id = $1 AND NOT r.is_hidden AND (before_id IS NULL OR r.id < before_id)
    AND (r.author_id IS NULL OR NOT blocked_with(r.author_id))
    AND EXISTS (SELECT 1 FROM prayer p WHERE p.id = $1 AND NOT p.is_hidden)
  ORDER BY r.id DESC LIMIT most $$;

REVOKE EXECUTE ON FUNCTION prayer_faces(uuid[]), response_faces(uuid[]), my_prayers_page(uuid, integer),
  prayers_page(integer, integer, integer[], uuid, integer), responses_page(uuid, uuid, integer) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION prayer_faces(uuid[]), response_faces(uuid[]), my_prayers_page(uuid, integer),
  prayers_page(integer, integer, integer[], uuid, integer), responses_page(uuid, uuid, integer) TO prayermap_member;
