DROP TRIGGER prayer_notices_withdrawn ON prayer;
DROP FUNCTION withdraw_of_prayer();
DROP TRIGGER prayer_answer_told ON prayer;
DROP FUNCTION notify_of_answer();
DROP TRIGGER prayer_response_told ON prayer_response;
DROP FUNCTION notify_of_response();
DROP FUNCTION notify_of_prayer(text, uuid[], uuid);
