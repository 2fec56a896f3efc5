DROP FUNCTION responses_page(uuid, uuid, integer);
DROP FUNCTION my_prayers_page(uuid, integer);
DROP FUNCTION prayers_page(integer, integer, integer[], uuid, integer);
DROP FUNCTION response_faces(uuid[]);
DROP FUNCTION prayer_faces(uuid[]);
