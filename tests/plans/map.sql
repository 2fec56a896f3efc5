-- %(rows)s prayers by %(author)s, nine of ten of them in 400 cities, and as many lines, each to another city.
INSERT INTO prayer (id, author_id, is_anonymous, kind, title, body, grid_latitude, grid_longitude, place_name, status,
  response_count, prayed_count, is_hidden, created_at, changed_at)
SELECT (left(uuid7_floor(now() - n * interval '10 seconds')::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid,
  %(author)s::uuid, false, 'request', 'Prayer ' || n, 'Words', p.latitude,
  CASE WHEN abs(p.latitude) < 5000 THEN p.longitude ELSE p.longitude / 2 * 2 END, '', 'open', 0, 0, false,
  now() - n * interval '10 seconds', now() - n * interval '10 seconds'
FROM (SELECT n,
    CASE WHEN n %% 10 = 0 THEN floor(random() * 10000) - 4000 ELSE (n %% 400) * 7919 %% 8000 - 3000 + floor(random() * 30) END::integer AS latitude,
    CASE WHEN n %% 10 = 0 THEN floor(random() * 36000) - 18000 ELSE (n %% 400) * 104729 %% 35000 - 17500 + floor(random() * 30) END::integer AS longitude
  FROM generate_series(1, %(rows)s) n) p;

INSERT INTO memorial_connection (id, prayer_id, from_latitude, from_longitude, to_latitude, to_longitude, is_shown, created_at,
  expires_at, changed_at)
SELECT (left(uuid7_floor(hour_of(now()))::text, 14) || '7' || substr(gen_random_uuid()::text, 16))::uuid, a.id, a.grid_latitude, a.grid_longitude,
  b.grid_latitude, b.grid_longitude, true, hour_of(now()), hour_of(now()) + interval '1 year', a.hour
FROM (SELECT p.*, hour_of(p.created_at) AS hour, row_number() OVER (ORDER BY p.id) AS n FROM prayer p) a
JOIN (SELECT p.*, row_number() OVER (ORDER BY p.body, md5(p.id::text)) AS n FROM prayer p) b ON b.n = a.n;
