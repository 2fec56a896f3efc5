-- The group that makes a member of staff a moderator. Upper apps give it its permissions.
INSERT INTO auth_group (name) VALUES ('moderator') ON CONFLICT (name) DO NOTHING;
