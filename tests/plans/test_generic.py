"""What a request asks of months is planned once for a connection: planning 25 of them takes longer than asking."""

import pytest

from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
#: Functions that members may execute and that name such a table, without the setting.
EXCEPT = {
    "search_messages": "asks each month by its name, in a statement that is made anew",
    "report_message": "seldom, so that a connection hardly ever keeps a plan",
    "report_member": "as above",
    "report_conversation": "as above",
}


def test_functions_of_requests_that_read_months_plan_once():
    rows = owner(
        r"""
        SELECT p.proname AS name FROM pg_proc p JOIN pg_language l ON l.oid = p.prolang
        WHERE p.pronamespace = 'public'::regnamespace AND l.lanname IN ('sql', 'plpgsql')
          AND has_function_privilege('prayermap_member', p.oid, 'EXECUTE')
          AND p.prosrc ~ '\m(FROM|JOIN)\s+(message|reaction|message_revision|delivery_status)\M'
          AND NOT coalesce(p.proconfig, '{}') @> ARRAY['plan_cache_mode=force_generic_plan']
        """
    )
    assert {row.name for row in rows} == EXCEPT.keys()


def test_the_servers_login_starts_no_workers_and_compiles_nothing():
    (row,) = owner("SELECT rolconfig FROM pg_roles WHERE rolname = 'prayermap_app'")
    assert {"max_parallel_workers_per_gather=0", "jit=off"} <= set(row.rolconfig)
