-- What a request asks of messages is planned once for a connection, not each time.
--
-- PostgreSQL plans the first five calls for their arguments, and goes on so where it thinks that a plan for any arguments
-- costs more. Over 25 months planning takes longer than running: at 1,000,000 messages what is unread in one conversation
-- took 7.8 ms, and takes 0.5; telling of fifty messages 4.6 and 1.5; deleting for oneself 9.1 and 1.2. Where such a plan was
-- taken anyway, the first five calls of a connection took 7 to 13 ms each, and take 1. All of these find rows by a key, for
-- which any arguments are alike. A kept plan may stem from a day on which there was next to nothing:
-- `tests/plans/test_generic.py` shows that it is right later, and names the functions for which it isn't.

ALTER FUNCTION unread_counts(uuid[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION unread_heads(uuid[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION told_messages(uuid[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION missed_messages(uuid, bigint, bigint, integer) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION reactions_of(uuid[]) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION answers_of(uuid, bigint, integer) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION message_delivery(uuid, bigint, uuid, integer) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION find_message(uuid, bigint) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION edit_message(uuid, bigint, text, jsonb) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION remove_message(uuid, bigint) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION set_reaction(uuid, bigint, text, boolean) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION star_message(uuid, bigint, boolean) SET plan_cache_mode = force_generic_plan;
ALTER FUNCTION pin_message(uuid, bigint, boolean) SET plan_cache_mode = force_generic_plan;
