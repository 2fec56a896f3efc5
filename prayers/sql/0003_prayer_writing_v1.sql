-- Writing prayers and responses. The author is who acts; of what is anonymous the row of others has no author and no
-- time finer than an hour. Outcome: ok | not_found | an error code of the contract.

-- A moment as it is stored.
CREATE FUNCTION told_moment(is_anonymous boolean) RETURNS timestamptz
LANGUAGE sql VOLATILE RETURN CASE WHEN is_anonymous THEN hour_of(clock_timestamp()) ELSE clock_timestamp() END;
REVOKE EXECUTE ON FUNCTION told_moment(boolean) FROM PUBLIC;

-- Request: {id, is_anonymous, kind, title, body, latitude, longitude, place_name}; the id of an anonymous one is of a
-- whole hour (a constraint).
CREATE FUNCTION post_prayer(request jsonb) RETURNS void
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  hides boolean := (request->>'is_anonymous')::boolean;
  moment timestamptz := told_moment(hides);
BEGIN
  INSERT INTO prayer (id, author_id, is_anonymous, kind, title, body, grid_latitude, grid_longitude, place_name, status,
    response_count, prayed_count, is_hidden, created_at, changed_at)
  VALUES ((request->>'id')::uuid, CASE WHEN hides THEN NULL ELSE person() END, hides, request->>'kind',
    request->>'title', request->>'body', (request->>'latitude')::smallint, (request->>'longitude')::smallint,
    request->>'place_name', 'open', 0, 0, false, moment, moment);
  IF hides THEN
    INSERT INTO prayer_author (prayer_id, user_id) VALUES ((request->>'id')::uuid, person());
  END IF;
END $$;

-- The prayer is answered, whichever way its author said so. False where it was before: the second of two at once
-- waits for the first one's commit, and finds that.
CREATE FUNCTION answer_prayer(prayer uuid) RETURNS boolean
LANGUAGE plpgsql VOLATILE SET search_path = public, pg_temp AS $$
BEGIN
  UPDATE prayer p SET status = 'answered', answered_at = told_moment(p.is_anonymous)
  WHERE p.id = $1 AND p.status <> 'answered';
  RETURN FOUND;
END $$;
REVOKE EXECUTE ON FUNCTION answer_prayer(uuid) FROM PUBLIC;

-- Patch: any of {kind, title, body, latitude, longitude, place_name, status}.
CREATE FUNCTION change_prayer(prayer uuid, patch jsonb) RETURNS TABLE (outcome text, is_newly_answered boolean)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  found_ prayer;
BEGIN
  SELECT p.* INTO found_ FROM prayer p WHERE p.id = $1 AND NOT p.is_hidden FOR NO KEY UPDATE;
  IF found_.id IS NULL OR NOT is_my_prayer($1) THEN
    RETURN QUERY SELECT CASE WHEN found_.id IS NULL THEN 'not_found' ELSE 'forbidden' END, false;
    RETURN;
  END IF;
  UPDATE prayer p SET
    kind = coalesce(patch->>'kind', p.kind),
    title = coalesce(patch->>'title', p.title),
    body = coalesce(patch->>'body', p.body),
    place_name = coalesce(patch->>'place_name', p.place_name),
    grid_latitude = CASE WHEN patch ? 'latitude' THEN (patch->>'latitude')::smallint ELSE p.grid_latitude END,
    grid_longitude = CASE WHEN patch ? 'latitude' THEN (patch->>'longitude')::smallint ELSE p.grid_longitude END,
    status = CASE WHEN patch->>'status' IN ('open', 'closed') THEN patch->>'status' ELSE p.status END,
    answered_at = CASE WHEN patch->>'status' IN ('open', 'closed') THEN NULL ELSE p.answered_at END
  WHERE p.id = $1;
  RETURN QUERY SELECT 'ok', CASE WHEN patch->>'status' = 'answered' THEN answer_prayer($1) ELSE false END;
END $$;

-- Gone, with its responses.
CREATE FUNCTION delete_prayer(prayer uuid) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
  PERFORM 1 FROM prayer p WHERE p.id = $1 FOR UPDATE;
  IF NOT is_my_prayer($1) THEN
    RETURN CASE WHEN EXISTS (SELECT 1 FROM prayer p WHERE p.id = $1 AND NOT p.is_hidden) THEN 'forbidden' ELSE 'not_found' END;
  END IF;
  DELETE FROM prayer_response_author a USING prayer_response r WHERE r.prayer_id = $1 AND a.response_id = r.id;
  DELETE FROM prayer_response r WHERE r.prayer_id = $1;
  DELETE FROM prayer_author a WHERE a.prayer_id = $1;
  DELETE FROM prayer p WHERE p.id = $1;
  RETURN 'ok';
END $$;

-- Request: {id, prayer, kind, content, is_anonymous}. A block refuses where both stand under their names; where one of
-- them is anonymous it can't be observed.
CREATE FUNCTION respond_to_prayer(request jsonb) RETURNS text
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
DECLARE
  hides boolean := (request->>'is_anonymous')::boolean;
  found_ prayer;
BEGIN
  SELECT p.* INTO found_ FROM prayer p
    WHERE p.id = (request->>'prayer')::uuid AND NOT p.is_hidden FOR NO KEY UPDATE;
  IF found_.id IS NULL THEN
    RETURN 'not_found';
  ELSIF found_.status = 'closed' THEN
    RETURN 'conflict';
  ELSIF NOT hides AND NOT found_.is_anonymous AND blocked_with(found_.author_id) THEN
    RETURN 'blocked';
  END IF;
  INSERT INTO prayer_response (id, prayer_id, author_id, is_anonymous, kind, content, is_hidden, created_at)
  VALUES ((request->>'id')::uuid, found_.id, CASE WHEN hides THEN NULL ELSE person() END, hides, request->>'kind',
    request->>'content', false, told_moment(hides));
  IF hides THEN
    INSERT INTO prayer_response_author (response_id, user_id) VALUES ((request->>'id')::uuid, person());
  END IF;
  UPDATE prayer p SET response_count = p.response_count + (request->>'kind' = 'text')::integer,
    prayed_count = p.prayed_count + (request->>'kind' = 'prayed')::integer
  WHERE p.id = found_.id;
  RETURN 'ok';
END $$;

REVOKE EXECUTE ON FUNCTION post_prayer(jsonb), change_prayer(uuid, jsonb), delete_prayer(uuid),
  respond_to_prayer(jsonb) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION post_prayer(jsonb), change_prayer(uuid, jsonb), delete_prayer(uuid),
  respond_to_prayer(jsonb) TO prayermap_member;

-- `changed_at` follows whatever the map shows, whoever changes it.
CREATE FUNCTION touch_prayer() RETURNS trigger
LANGUAGE plpgsql SET search_path = public, pg_temp AS $$
BEGIN
  NEW.changed_at := told_moment(NEW.is_anonymous);
  RETURN NEW;
END $$;
REVOKE EXECUTE ON FUNCTION touch_prayer() FROM PUBLIC;
CREATE TRIGGER prayer_touched BEFORE UPDATE ON prayer FOR EACH ROW
WHEN ((OLD.kind, OLD.title, OLD.status, OLD.grid_latitude, OLD.grid_longitude, OLD.is_hidden)
  IS DISTINCT FROM (NEW.kind, NEW.title, NEW.status, NEW.grid_latitude, NEW.grid_longitude, NEW.is_hidden))
EXECUTE FUNCTION touch_prayer();
