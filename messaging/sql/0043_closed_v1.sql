-- Nobody enters a conversation that is closed to writing: step_member() and invite_again() as in 0008 but for that.

-- A step of one's own: accept or decline an invitation, leave, withdraw a request, come back to a direct
-- conversation. No row where that step does not exist. A decline keeps the state (it looks pending to others, so it
-- takes no rev); coming back shows what is written from now on.
CREATE OR REPLACE FUNCTION step_member(conversation uuid, step text) RETURNS TABLE (member uuid, new_rev bigint)
LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
#variable_conflict use_column
DECLARE
  room conversation;
  stepped uuid;
BEGIN
  SELECT * INTO room FROM conversation c WHERE c.id = $1 FOR NO KEY UPDATE;
  IF NOT room.is_active AND step IN ('accept', 'return') THEN
    RETURN;
  END IF;
  UPDATE participant p SET
    state = CASE step WHEN 'decline' THEN p.state WHEN 'leave' THEN 'left' ELSE 'active' END,
    role = CASE step WHEN 'leave' THEN 'member' ELSE p.role END,
    declined_at = CASE step WHEN 'decline' THEN now() END,
    -- Who enters by a step of their own knows of it, whomever they had blocked when they were invited.
    is_told = p.is_told OR step IN ('accept', 'return'),
    is_request = step = 'decline' AND p.is_request,
    visible_from_seq = CASE step WHEN 'return' THEN room.latest_seq + 1 ELSE p.visible_from_seq END,
    read_seq = CASE step WHEN 'return' THEN room.latest_seq ELSE p.read_seq END,
    delivered_seq = CASE step WHEN 'return' THEN room.latest_seq ELSE p.delivered_seq END,
    rev = CASE step WHEN 'decline' THEN p.rev ELSE room.rev + 1 END
  WHERE p.id = (
    SELECT q.id FROM participant q WHERE q.conversation_id = $1 AND q.user_id = person() AND CASE step
      WHEN 'accept' THEN q.state = 'invited'
      WHEN 'decline' THEN q.state = 'invited' AND q.declined_at IS NULL
      WHEN 'leave' THEN q.state IN ('active', 'requested')
      WHEN 'return' THEN q.state = 'left' AND room.kind = 'direct_message'
      ELSE false END
    ORDER BY q.is_anonymous LIMIT 1)
  RETURNING p.id INTO stepped;
  IF stepped IS NULL THEN
    RETURN;
  END IF;
  IF step <> 'decline' THEN
    UPDATE conversation c SET rev = c.rev + 1 WHERE c.id = $1;
    PERFORM recount_members($1);
  END IF;
  RETURN QUERY SELECT stepped, room.rev + CASE step WHEN 'decline' THEN 0 ELSE 1 END;
END $$;

-- Ask somebody again who left, was removed by an admin, or declined more than 30 days ago; takes the rev.
CREATE OR REPLACE FUNCTION invite_again(conversation uuid, other uuid, told boolean, request boolean, new_rev bigint) RETURNS uuid
LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = public, pg_temp AS $$
  WITH asked AS (
    UPDATE participant p SET state = 'invited', role = 'member', is_told = told, is_request = request,
      declined_at = NULL, rev = new_rev, visible_from_seq = c.latest_seq + 1,
      read_seq = c.latest_seq, delivered_seq = c.latest_seq
    FROM conversation c
    WHERE c.id = $1 AND c.is_active AND p.conversation_id = c.id AND p.user_id = other AND NOT p.is_anonymous
      AND (is_admin_in(c.id) OR (c.kind = 'direct_message' AND is_active_in(c.id)))
      AND (p.state IN ('left', 'removed') OR (p.state = 'invited' AND p.declined_at < now() - interval '30 days'))
    RETURNING p.id
  ), counted AS (
    UPDATE conversation c SET rev = new_rev WHERE c.id = $1 AND EXISTS (SELECT 1 FROM asked)
  )
  SELECT a.id FROM asked a $$;
