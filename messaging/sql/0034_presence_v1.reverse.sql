DROP FUNCTION presence_circles(uuid[]);
