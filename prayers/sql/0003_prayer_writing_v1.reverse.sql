DROP TRIGGER prayer_touched ON prayer;
DROP FUNCTION touch_prayer();
DROP FUNCTION respond_to_prayer(jsonb);
DROP FUNCTION delete_prayer(uuid);
DROP FUNCTION change_prayer(uuid, jsonb);
DROP FUNCTION answer_prayer(uuid);
DROP FUNCTION post_prayer(jsonb);
DROP FUNCTION told_moment(boolean);
