-- Who may see what of prayers: the second lock behind prayers/queries.
-- Prayers and responses are for everybody who is signed in; who stands behind an anonymous one is for nobody. They are
-- written by the functions of 0003 alone. Columns are granted one by one: not `changed_at`, which is the map's own, and
-- none of PostgreSQL's (`xmin` would tell what was written in the same transaction).

CREATE FUNCTION is_my_prayer(prayer uuid) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT EXISTS (SELECT 1 FROM prayer p WHERE p.id = $1 AND p.author_id = person())
    OR EXISTS (SELECT 1 FROM prayer_author a WHERE a.prayer_id = $1 AND a.user_id = person()) $$;
REVOKE EXECUTE ON FUNCTION is_my_prayer(uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION is_my_prayer(uuid) TO prayermap_member;

-- Who wrote it, whatever others are shown. For functions of ours only.
CREATE FUNCTION author_behind(prayer uuid) RETURNS uuid
LANGUAGE sql STABLE SET search_path = public, pg_temp AS $$
  SELECT coalesce(p.author_id, a.user_id) FROM prayer p LEFT JOIN prayer_author a ON a.prayer_id = p.id
  WHERE p.id = $1 $$;
REVOKE EXECUTE ON FUNCTION author_behind(uuid) FROM PUBLIC;

ALTER TABLE prayer ENABLE ROW LEVEL SECURITY;
ALTER TABLE prayer_author ENABLE ROW LEVEL SECURITY;
ALTER TABLE prayer_response ENABLE ROW LEVEL SECURITY;
ALTER TABLE prayer_response_author ENABLE ROW LEVEL SECURITY;

GRANT SELECT (id, author_id, is_anonymous, kind, title, body, grid_latitude, grid_longitude, place_name, status,
  answered_at, response_count, prayed_count, is_hidden, created_at) ON prayer TO prayermap_member, prayermap_staff;
GRANT SELECT (id, prayer_id, author_id, is_anonymous, kind, content, is_hidden, created_at)
  ON prayer_response TO prayermap_member, prayermap_staff;

CREATE POLICY prayer_seen ON prayer FOR SELECT TO prayermap_member USING (NOT is_hidden AND person() IS NOT NULL);
CREATE POLICY prayer_staff ON prayer FOR SELECT TO prayermap_staff USING (true);
CREATE POLICY prayer_response_seen ON prayer_response FOR SELECT TO prayermap_member
  USING (NOT is_hidden AND EXISTS (SELECT 1 FROM prayer p WHERE p.id = prayer_id));
CREATE POLICY prayer_response_staff ON prayer_response FOR SELECT TO prayermap_staff USING (true);
