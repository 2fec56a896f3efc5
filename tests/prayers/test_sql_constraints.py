"""Every rule that can be is a constraint: what Python would never send is refused by PostgreSQL."""

import psycopg
import pytest

from tests.messaging.lines import owner
from tests.prayers.acts import pray, respond

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("grid_latitude = 9001", "prayer_place_coarse"),
        ("grid_longitude = 18000", "prayer_place_coarse"),
        ("grid_latitude = NULL", "prayer_place_coarse"),
        ("grid_latitude = 6000, grid_longitude = 1", "prayer_place_coarse"),
        ("title = ''", "prayer_title_length"),
        ("title = repeat('x', 101)", "prayer_title_length"),
        ("title = chr(8203)", "prayer_title_length"),
        ("body = ' '", "prayer_body_length"),
        ("body = repeat('x', 5001)", "prayer_body_length"),
        ("place_name = repeat('x', 101)", "prayer_place_name_length"),
        ("kind = 'wish'", "prayer_kind"),
        ("status = 'won'", "prayer_status"),
        ("status = 'answered'", "prayer_answered"),
        ("answered_at = now()", "prayer_answered"),
        ("author_id = NULL", "prayer_author_named"),
        ("is_anonymous = true", "prayer_author_named"),
        ("response_count = -1", "prayer_counts"),
        ("author_id = NULL, is_anonymous = true", "prayer_times_coarse"),
    ],
)
def test_a_prayer_keeps_its_rules(ruth, change, constraint):
    pray(ruth)
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner(f"UPDATE prayer SET {change}")
    assert refused.value.diag.constraint_name == constraint


@pytest.mark.parametrize(
    ("change", "constraint"),
    [
        ("kind = 'sung'", "prayer_response_content"),
        ("kind = 'prayed'", "prayer_response_content"),
        ("content = NULL", "prayer_response_content"),
        ("content = ' '", "prayer_response_visible"),
        ("content = repeat('x', 5001)", "prayer_response_visible"),
        ("author_id = NULL", "prayer_response_author_named"),
        ("author_id = NULL, is_anonymous = true", "prayer_response_time_coarse"),
    ],
)
def test_a_response_keeps_its_rules(ruth, change, constraint):
    respond(ruth, pray(ruth)["id"])
    with pytest.raises(psycopg.errors.CheckViolation) as refused:
        owner(f"UPDATE prayer_response SET {change}")
    assert refused.value.diag.constraint_name == constraint


def test_a_change_that_the_map_shows_is_dated_whoever_makes_it(ruth):
    for is_anonymous in (False, True):
        pray(ruth, is_anonymous=is_anonymous)
    long_ago = "2020-01-01T00:00:00Z"
    owner("UPDATE prayer SET changed_at = %s", long_ago)
    owner("UPDATE prayer SET response_count = 5, body = 'Other'")
    assert {row.same for row in owner("SELECT changed_at = %s AS same FROM prayer", long_ago)} == {True}
    owner("UPDATE prayer SET is_hidden = true")
    recent = "SELECT is_anonymous, changed_at > now() - interval '61 minutes' AS recent FROM prayer"
    assert [row.recent for row in owner(recent)] == [True, True]
