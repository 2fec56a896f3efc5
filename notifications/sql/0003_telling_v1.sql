-- What functions of apps open for people whom no request may know, such as an anonymous author: the server itself asks
-- after the commit whom it has to tell.

-- People for whom this was opened a moment ago. Uses index: notification_open_subject.
CREATE FUNCTION people_told(kind text, subject uuid) RETURNS SETOF uuid
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  SELECT n.user_id FROM notification n
  WHERE n.subject = $2 AND n.kind = $1 AND n.read_at IS NULL AND n.updated_at > clock_timestamp() - interval '1 minute' $$;
REVOKE EXECUTE ON FUNCTION people_told(text, uuid) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION people_told(text, uuid) TO prayermap_app;

-- It answers whom a subject concerned, whoever asks: of a prayer, that is its author.
REVOKE EXECUTE ON FUNCTION withdraw_notifications(text[], uuid, uuid[]) FROM prayermap_member;
