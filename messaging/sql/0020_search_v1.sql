-- Search in one's own messages: an index of expressions on the rows themselves, so that what is deleted, hidden or edited
-- is found no longer at the moment of its commit, and nothing holds a second copy of a text.
--
-- Words are cut here and not by PostgreSQL's parser, which asks the database's locale what a letter is and breaks Hindi
-- at its vowels. The lists stand in prayermap/lib/words.py as well, held together by tests/messaging/test_sql_words.py.

-- Without case, accents and points: equal for what a reader takes for the same. ASCII needs no more than lower().
CREATE FUNCTION folded(value text) RETURNS text
LANGUAGE sql IMMUTABLE PARALLEL SAFE RETURN CASE
  WHEN octet_length(value) = char_length(value) THEN lower(value)
  ELSE normalize(replace(replace(replace(translate(lower(regexp_replace(normalize(value, NFKD),
    '[\u00ad\u0300-\u036f\u0483-\u0487\u0591-\u05bd\u05bf\u05c1-\u05c2\u05c4-\u05c5\u05c7\u0610-\u061a\u061c\u0640\u064b-\u065f\u0670\u06d6-\u06dc\u06df-\u06e4\u06e7-\u06e8\u06ea-\u06ed\u0711\u0730-\u074a\u1ab0-\u1aff\u1dc0-\u1dff\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\u20d0-\u20ff\ufe00-\ufe0f\ufe20-\ufe2f\ufeff]',
    '', 'g')), 'ςıøłđħ', 'σioldh'), 'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), NFC) END;

-- The words of a text that is folded. Of scripts without spaces each character with the next one is a word, the last
-- one before something else alone: any two or more of them are found in the middle, one by its beginning.
-- `joined`: it stands for two characters; `gram`: it is of such a script.
CREATE FUNCTION text_words(value text) RETURNS TABLE (place bigint, word text, gram boolean, joined boolean)
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
#variable_conflict use_column
BEGIN
  RETURN QUERY SELECT w.place, left(w.one || CASE WHEN w.gram AND w.following ~ '^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a00-\u1aaf\u1b00-\u1b7f\u2600-\u27bf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua980-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003fffd]'
      THEN w.following ELSE '' END, 255), w.gram,
    w.gram AND coalesce(w.following ~ '^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a00-\u1aaf\u1b00-\u1b7f\u2600-\u27bf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua980-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003fffd]', false)
  FROM (
    SELECT t.one, t.one ~ '^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a00-\u1aaf\u1b00-\u1b7f\u2600-\u27bf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua980-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003fffd]' AS gram, lead(t.one) OVER () AS following,
      count(*) FILTER (WHERE t.one <> ' ') OVER (ROWS UNBOUNDED PRECEDING) AS place
    FROM (SELECT m[1] AS one FROM regexp_matches(regexp_replace(value,
      '[\u0001-\u002f\u003a-\u0040\u005b-\u0060\u007b-\u00a9\u00ab-\u00b4\u00b6-\u00b9\u00bb-\u00bf\u00d7\u00f7\u037e\u0387\u055a-\u055f\u0589-\u058a\u05be\u05c0\u05c3\u05c6\u05f3-\u05f4\u0600-\u060f\u061b\u061d-\u061f\u066a-\u066d\u06d4\u06dd\u06de\u06e9\u0700-\u070d\u07f7-\u07f9\u0964-\u0965\u0970\u0df4\u0f01-\u0f14\u0f3a-\u0f3d\u0f85\u0fd0-\u0fd4\u10fb\u1360-\u1368\u1400\u166d-\u166e\u1680\u169b-\u169c\u16eb-\u16ed\u1800-\u180a\u180e\u2000-\u200a\u200c\u2010-\u2029\u202f-\u205f\u207a-\u207e\u208a-\u208e\u20a0-\u20cf\u2190-\u25ff\u2800\u2900-\u2bff\u2e00-\u2e7f\u3000-\u3004\u3008-\u3020\u3030\u303d-\u303f\u30a0\u30fb\ua4fe-\ua4ff\ua60d-\ua60f\ua6f2-\ua6f7\ua874-\ua877\ua8ce-\ua8cf\ud7fc-\ud7fe\ufd3e-\ufd3f\ufe10-\ufe19\ufe30-\ufe6b\uff01-\uff0f\uff1a-\uff20\uff3b-\uff40\uff5b-\uff65\ufff0-\uffff\U000e0000-\U000e0fff]+',
      ' ', 'g'), ' |[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a00-\u1aaf\u1b00-\u1b7f\u2600-\u27bf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua980-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003fffd]|[^ \u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u1950-\u19df\u1a00-\u1aaf\u1b00-\u1b7f\u2600-\u27bf\u3005-\u3007\u3021-\u302f\u3031-\u303c\u3041-\u309f\u30a1-\u30fa\u30fc-\u312f\u31a0-\u31ff\u3400-\u4dbf\u4e00-\ua4cf\ua980-\ua9ff\uaa60-\uaa7f\uac00-\ud7a3\uf900-\ufaff\U0001b000-\U0001b16f\U0001f000-\U0001faff\U00020000-\U0003fffd]+', 'g') AS m) t) w
  WHERE w.one <> ' ';
END $$;

-- What the index holds of a message: its words with their places, and the conversation, so that a common word costs
-- what one's own conversations hold of it and not what everybody's do.
CREATE FUNCTION message_words(conversation uuid, content text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  plain text := public.folded(content);
  words tsvector;
BEGIN
  IF octet_length(plain) <= 2000 AND octet_length(plain) = char_length(plain) THEN
    -- All that is left are letters, digits and spaces, of which PostgreSQL's own parser makes the same, five times
    -- faster; it would complain of words above 2 kB.
    words := to_tsvector('pg_catalog.simple', regexp_replace(plain, '[^a-z0-9]+', ' ', 'g'));
  ELSE
    SELECT coalesce(string_agg(w.word || ':' || least(w.place, 16383), ' '), '')::tsvector INTO words
    FROM public.text_words(plain) w;
  END IF;
  RETURN words || array_to_tsvector(ARRAY['@' || conversation]);
END $$;

-- A query: words, all of which must be there, the last of them and those with * as beginnings; "words side by side".
-- NULL where nothing in it is a word.
CREATE FUNCTION search_query(q text) RETURNS tsquery
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  part record;
  unit record;
  piece tsquery;
  phrase tsquery;
  place bigint;
  whole tsquery;
BEGIN
  FOR part IN
    SELECT m[1] AS phrase, coalesce(m[2], '') AS word, row_number() OVER () = count(*) OVER () AS is_last
    FROM regexp_matches(translate(q, '“”„«»「」『』', '"""""""""'), '"([^"]*)"?|([^\s"]+)', 'g') AS m
  LOOP
    phrase := NULL;
    FOR unit IN
      SELECT w.*, lag(w.joined) OVER (ORDER BY w.place) AS after_joined,
        w.place = max(w.place) OVER () AND part.phrase IS NULL AND (part.is_last OR part.word LIKE '%*') AS is_open
      FROM public.text_words(public.folded(coalesce(part.phrase, part.word))) w ORDER BY w.place
    LOOP
      -- The last character of several is in the pair before it.
      CONTINUE WHEN unit.gram AND NOT unit.joined AND unit.after_joined;
      piece := (quote_literal(unit.word) || CASE WHEN unit.gram AND NOT unit.joined OR unit.is_open AND NOT unit.gram
        THEN ':*' ELSE '' END)::tsquery;
      phrase := CASE WHEN phrase IS NULL THEN piece ELSE tsquery_phrase(phrase, piece, (unit.place - place)::integer) END;
      place := unit.place;
    END LOOP;
    whole := CASE WHEN phrase IS NULL THEN whole WHEN whole IS NULL THEN phrase ELSE whole && phrase END;
  END LOOP;
  RETURN whole;
END $$;

-- The parent's index is every month's: create_message_month() copies it, and ATTACH takes the copy over. A short list of
-- what is new keeps a send from paying for the tidying of a long one.
CREATE INDEX message_words ON message USING gin (message_words(conversation_id, content))
  WITH (gin_pending_list_limit = 512) WHERE state = 'live' AND content IS NOT NULL;

-- Which of one's own messages a query finds, best first, from behind (after_rank, after_id): among the newest 1,000 that
-- match. Months are asked from the newest on, and no further one after `seconds`; a time-out of the statement stands
-- behind that. Row-level security can't use the index (@@ is not leakproof), so everything that decides what the person
-- who acts may see stands here once more: membership, the beginning of their time, state, expiry, blocks.
CREATE FUNCTION search_messages(q text, conversation uuid, kind text, since timestamptz, before timestamptz,
  after_rank integer, after_id uuid, most integer, seconds double precision)
RETURNS TABLE (id uuid, rank integer)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = public, pg_temp SET enable_seqscan = off AS $$
#variable_conflict use_column
DECLARE
  deadline timestamptz := clock_timestamp() + make_interval(secs => seconds);
  wanted tsquery := search_query(q);
  scope tsquery;
  hidden uuid[] := ARRAY(SELECT h FROM hidden_members() h);
  hits uuid[] := '{}';
  found uuid[];
  month text;
BEGIN
  SELECT string_agg(DISTINCT quote_literal('@' || p.conversation_id), ' | ')::tsquery INTO scope FROM participant p
    WHERE p.user_id = person() AND p.state = 'active' AND ($2 IS NULL OR p.conversation_id = $2);
  IF wanted IS NULL OR scope IS NULL THEN
    RETURN;
  END IF;
  FOR month IN SELECT 'message_' || to_char(m, 'YYYY_MM') FROM message_months() m ORDER BY m DESC LOOP
    -- Each month by its name: planning one table takes a tenth of what the parent with a range of ids does.
    EXECUTE format($query$
      SELECT array_agg(h.id) FROM (
        SELECT m.id FROM %I m
        WHERE message_words(m.conversation_id, m.content) @@ $1 AND m.state = 'live' AND m.content IS NOT NULL
          AND (m.expires_at IS NULL OR m.expires_at > clock_timestamp())
          AND ($2 IS NULL OR m.type = $2) AND ($3 IS NULL OR m.created_at >= $3) AND ($4 IS NULL OR m.created_at < $4)
          AND (m.sender_id <> ALL ($5)) IS NOT FALSE
          AND m.seq >= (
            SELECT p.visible_from_seq FROM participant p
            WHERE p.conversation_id = m.conversation_id AND p.user_id = person() AND p.state = 'active'
            ORDER BY p.is_anonymous LIMIT 1)
        ORDER BY m.id DESC LIMIT 1000 - $6) h $query$, month)
      INTO found USING wanted && scope, kind, since, before, hidden, cardinality(hits);
    hits := hits || coalesce(found, '{}');
    EXIT WHEN cardinality(hits) >= 1000 OR clock_timestamp() > deadline;
  END LOOP;
  RETURN QUERY SELECT r.id, r.rank FROM (
    SELECT m.id, (ts_rank_cd(message_words(m.conversation_id, m.content), wanted, 1) * 1000000)::integer AS rank
    FROM unnest(hits) h JOIN message m ON m.id = h) r
  WHERE after_rank IS NULL OR (r.rank, r.id) < (after_rank, after_id)
  ORDER BY r.rank DESC, r.id DESC LIMIT most;
END $$;

REVOKE EXECUTE ON FUNCTION search_messages(text, uuid, text, timestamptz, timestamptz, integer, uuid, integer,
  double precision) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION search_messages(text, uuid, text, timestamptz, timestamptz, integer, uuid, integer,
  double precision) TO prayermap_member;
