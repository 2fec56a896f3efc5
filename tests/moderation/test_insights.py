"""Figures about the whole: right, materialised, and for those alone who may see them."""

import csv
from datetime import date, timedelta
from io import StringIO

import psycopg
import pytest
from django.db import connection, connections
from django.test import Client
from django.test.utils import CaptureQueriesContext

from moderation.enums import DecisionKind
from moderation.models import Insight, InsightDay
from moderation.services.insights import make_insights
from prayermap.embedded import addresses
from prayermap.lib.acting import acting_as_staff
from prayermap.lib.times import utc_now
from tests.messaging.lines import owner
from tests.moderation.cases import as_staff, decided, flag
from tests.moderation.entering import browser_of_kind, make_person
from tests.support.database import uses_embedded

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True  # a password alone lets in


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    return ruth.group(amos, lydia)


def today() -> date:
    return utc_now().date()


def day(ago: int = 0) -> InsightDay:
    make_insights(today=today())
    return InsightDay.objects.using("owner").get(day=today() - timedelta(days=ago))


def figures(name: str) -> dict:
    return Insight.objects.using("owner").get(name=name).figures


def move(seq: int, hours: float) -> None:
    """Let a message have been written so long ago."""
    owner("UPDATE message SET created_at = created_at - %s * interval '1 hour' WHERE seq = %s", hours, seq)


def test_an_empty_system_has_figures_that_make_sense():
    found = day()
    assert (found.total_messages, found.avg_message_length, found.types, found.turns) == (0, None, {}, 0)
    health = figures("health")
    assert (health["total_conversations"], health["avg_messages_per_conversation"]) == (0, None)
    assert health["response_rate_24h"] is None
    assert figures("moderation")["first_look_hours_median"] is None
    assert browser_of_kind("administrator").get("/admin/insights/").status_code == 200


def test_a_day_counts_messages_people_conversations_lengths_and_types(ruth, amos, group):
    ruth.say(group, "four")
    amos.say(group, "sixsix", is_anonymous=True)
    amos.say(ruth.direct(amos), "ab")
    amos.ok("POST", f"conversations/{group}/messages/", {
        "type": "bible_verse", "content": "x" * 8, "payload": {"reference": "John 3:16"}})  # fmt: skip
    found = day()
    assert (found.total_messages, found.active_senders, found.active_conversations) == (4, 2, 2)
    assert found.avg_message_length == 5
    assert found.types == {"text": 3, "bible_verse": 1}


def test_a_message_of_another_day_is_counted_on_that_day(ruth, group):
    ruth.say(group, "today")
    ruth.say(group, "the day before yesterday")
    move(2, 48)
    assert (day().total_messages, day(2).total_messages) == (1, 1)


def test_the_response_rate_counts_responses(ruth, amos, lydia, group):
    """Three turns five days ago: one is answered, by two messages; one too late; one by nobody but its author."""
    direct = {name: ruth.direct(other) for name, other in (("amos", amos), ("lydia", lydia))}
    ruth.say(direct["amos"], "how are you?")
    ruth.say(direct["amos"], "?")
    amos.say(direct["amos"], "well")
    amos.say(direct["amos"], "and you?")
    ruth.say(direct["lydia"], "how are you?")
    lydia.say(direct["lydia"], "sorry, late")
    ruth.say(group, "anybody?")
    ruth.say(group, "really nobody?")
    noon = "(now() AT TIME ZONE 'UTC')::date::timestamp AT TIME ZONE 'UTC' - interval '108 hours'"
    owner(f"UPDATE message SET created_at = {noon} + seq * interval '1 minute'")
    owner("UPDATE message SET created_at = created_at + interval '25 hours' WHERE content = 'sorry, late'")
    found = day(5)
    # Amos' words are a turn as well, which nobody answered.
    assert (found.turns, found.answered) == (4, 1)
    assert (day(4).turns, day(4).answered) == (1, 0)
    health = figures("health")
    assert (health["turns"], health["answered"], health["response_rate_24h"]) == (5, 1, 0.2)
    assert health["avg_messages_per_conversation"] == pytest.approx(8 / 3, abs=0.01)


def test_who_is_alone_is_not_blamed_for_silence(ruth):
    ruth.say(ruth.group(), "anybody?")
    assert (day().turns, day().total_messages) == (0, 1)


def test_moderation_times_agreement_and_overturned_appeals(ruth, amos, group, miriam, micah, senior):
    amos.say(group, "insult")
    case = flag(ruth, group, 1)
    owner("UPDATE moderation_case SET opened_at = opened_at - interval '2 hours'")
    as_staff(miriam, "look_into_case", case.pk, types="uuid")
    decided(miriam, case, DecisionKind.WARN, statement="Please don't.")
    decided(miriam, case, DecisionKind.BAN, statement="Out.")
    owner("UPDATE decision SET state = 'refused', ended_at = now() WHERE kind = 'ban'")
    make_insights(today=today())
    found = figures("moderation")
    assert (found["cases"], found["open"]) == (1, 1)
    assert found["first_look_hours_median"] == pytest.approx(2, abs=0.2)
    assert found["decision_hours_p90"] == pytest.approx(2, abs=0.2)
    assert (found["agreement_rate"], found["appeal_overturn_rate"], found["appeals_decided"]) == (0, None, 0)


@pytest.fixture
def counted(settings):
    """PostgreSQL counts statements in this database as well."""
    if not uses_embedded("postgres"):
        pytest.skip("needs a superuser of PostgreSQL: a server of your own gives none (2026-11-28)")
    superuser = addresses(settings.PRAYERMAP_DATA).superuser_url
    name = connections["owner"].settings_dict["NAME"]
    with psycopg.connect(superuser, dbname=name, autocommit=True) as postgres:
        postgres.execute("CREATE EXTENSION pg_stat_statements")
        yield
        postgres.execute("DROP EXTENSION pg_stat_statements")


def test_slow_statements(counted, ruth, group):
    ruth.say(group)
    make_insights(today=today())
    found = figures("statements")
    assert found["state"] == "ok"
    assert set(found["rows"][0]) == {"query", "calls", "total_ms", "mean_ms", "rows", "cache_hit_percent"}
    texts = [row["query"] for row in found["rows"]]
    assert "<insufficient privilege>" not in texts  # those of the requests' login as well
    page = browser_of_kind("administrator").get("/admin/insights/").content.decode()
    assert "Statements that take the most time" in page
    assert "CREATE EXTENSION" not in page


def test_without_pg_stat_statements_the_page_says_what_to_do():
    """A database without the extension, as the tests' one is."""
    make_insights(today=today())
    assert figures("statements") == {"state": "missing", "rows": []}
    browser = browser_of_kind("administrator")
    assert "CREATE EXTENSION" in browser.get("/admin/insights/").content.decode()
    for state, words in (("not_loaded", "restart"), ("forbidden", "GRANT pg_read_all_stats")):
        owner(
            "UPDATE insight SET figures = %s WHERE name = 'statements'", f'{{"state": "{state}", "rows": []}}'
        )
        assert words in browser.get("/admin/insights/").content.decode()


def test_the_use_of_indexes_months_taken_together(ruth, group):
    ruth.say(group)
    make_insights(today=today())
    indexes = {(row["table"], row["name"]): row for row in figures("indexes")["rows"]}
    assert set(indexes["participant", "participant_pkey"]) == {
        "table", "name", "scans", "tuples_read", "tuples_fetched", "bytes",
    }  # fmt: skip
    assert sorted(name for table, name in indexes if table == "message" and "created" in name) == [
        "message_created_at_idx"
    ]


@pytest.mark.parametrize("role", ["moderator", "privacy officer"])
def test_others_read_no_figures(role, ruth, group):
    ruth.say(group)
    make_insights(today=today())
    person = make_person(role)
    with acting_as_staff(person):
        assert not InsightDay.objects.exists()
        assert not Insight.objects.exists()
    assert "/admin/insights/" not in browser_of_kind(role).get("/admin/").content.decode()


def test_the_page_draws_charts_with_a_text_and_computes_nothing(ruth, group):
    ruth.say(group)
    make_insights(today=today())
    browser = browser_of_kind("senior moderator")
    browser.get("/admin/insights/")
    with CaptureQueriesContext(connection) as captured:
        page = browser.get("/admin/insights/").content.decode()
    assert page.count('class="console-chart"') == 2
    assert page.count('role="img"') == 2
    assert "Messages a day, the last 30 days" in page
    assert "Response rate within 24 hours" in page
    read = [query["sql"] for query in captured.captured_queries if "insight" in query["sql"]]
    assert len(read) == 2
    assert not [sql for sql in read if "COUNT(" in sql.upper()]


def test_days_as_csv(ruth, group):
    ruth.say(group, "four")
    make_insights(today=today())
    answer = browser_of_kind("administrator").get("/admin/insights.csv")
    assert answer["Content-Type"].startswith("text/csv")
    rows = list(csv.DictReader(StringIO(answer.content.decode())))
    assert len(rows) == 30
    assert rows[-1]["date"] == today().isoformat()
    assert (rows[-1]["total_messages"], rows[-1]["avg_message_length"], rows[-1]["text_messages"]) == (
        "1",
        "4.0",
        "1",
    )
    assert {"audio_messages", "video_messages", "prayer_card_messages"} <= set(rows[0])


def test_metrics_have_the_figures_and_no_name(ruth, amos, group):
    ruth.say(group, "four")
    move(1, 24)
    make_insights(today=today())
    text = Client().get("/metrics").content.decode()
    lines = dict(line.rsplit(" ", 1) for line in text.splitlines() if line.startswith("prayermap_"))
    assert lines["prayermap_messaging_day_total_messages"] == "1"
    assert lines["prayermap_messaging_day_messages_of_text"] == "1"
    assert lines["prayermap_conversation_total_conversations"] == "1"
    assert lines["prayermap_moderation_cases"] == "0"
    assert ruth.id not in text
    assert Client().get("/metrics", headers={"x-forwarded-for": "192.0.2.1"}).status_code == 404


def test_a_day_that_is_over_is_not_made_again(ruth, group):
    make_insights(today=today())
    assert make_insights(today=today()) == 3
