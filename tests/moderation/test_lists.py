"""Change lists: how many queries, which, and how they page."""

import re

import pytest
from django.contrib.admin import site
from django.db import connection, connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from accounts.models import User
from messaging.models import Message, Participant
from tests.factories import make_user
from tests.moderation.entering import browser_of
from tests.moderation.world import make_message, make_one_more, make_world

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def browser(settings):
    settings.DEBUG = True
    return browser_of("superuser")


def list_of(model) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_changelist")


def page_of(model, key) -> str:
    return reverse(f"admin:{model._meta.app_label}_{model._meta.model_name}_change", args=[key])


def queries_of(browser, path: str) -> list[str]:
    with CaptureQueriesContext(connection) as captured:
        assert browser.get(path).status_code == 200
    return [query["sql"] for query in captured.captured_queries]


def test_every_list_takes_the_same_queries_for_one_row_and_for_three(browser):
    world = make_world()
    paths = [list_of(model) for model in site._registry]
    browser.get(paths[0])  # content types are remembered from now on
    few = {path: len(queries_of(browser, path)) for path in paths}
    make_one_more(world)
    make_one_more(world)
    assert {path: len(queries_of(browser, path)) for path in paths} == few
    assert max(few.values()) <= 14


def test_every_page_takes_the_same_queries_for_one_row_in_its_sections_and_for_three(browser):
    world = make_world()
    rows = (world.message, world.named, world.conversation, world.ruth)
    paths = [page_of(type(row), row.pk) for row in rows]
    for path in paths:
        browser.get(path)  # content types are remembered from now on
    few = {path: len(queries_of(browser, path)) for path in paths}
    make_one_more(world)
    make_one_more(world)
    assert {path: len(queries_of(browser, path)) for path in paths} == few


def test_no_list_counts_and_none_selects_columns_it_may_not_read(browser):
    make_world()
    browser.get(list_of(User))  # that somebody entered is recorded once
    for model in site._registry:
        statements = queries_of(browser, list_of(model))
        [acting] = [number for number, sql in enumerate(statements) if "'prayermap_staff'" in sql]
        for sql in statements[acting:]:
            assert "COUNT(" not in sql.upper(), sql
            is_public = model._meta.app_label == "prayers"  # its text is for everybody
            assert is_public or not re.search(
                r"\"(content|payload|title|description|password|refresh_digest|args)\"", sql
            ), sql


def test_pages_follow_the_key_there_and_back(browser):
    for number in range(120):
        make_user(f"Person {number}")
    keys = [str(key) for key in User.objects.order_by("-pk").values_list("pk", flat=True)]
    seen, path = [], list_of(User)
    pages = []
    while path:
        page = browser.get(path).context["cl"]
        pages.append(path)
        seen += [str(row.pk) for row in page.result_list]
        path = list_of(User) + page.older_url if page.older_url else None
    assert seen == keys
    back = browser.get(list_of(User) + browser.get(pages[-1]).context["cl"].newer_url).context["cl"]
    assert [str(row.pk) for row in back.result_list] == keys[50:100]
    assert back.older_url
    assert back.newer_url


def test_a_list_that_fits_is_counted_and_a_long_one_estimated(browser):
    world = make_world()
    assert b"\n  2\n  messages" in browser.get(list_of(Message)).content
    for seq in range(3, 60):
        make_message(world.conversation, seq, sender_id=world.named.pk)
    page = browser.get(list_of(Message))
    assert len(page.context["cl"].result_list) == 50
    assert b"About" in page.content


@pytest.mark.parametrize("query", ["older=x", "newer=1", "conversation=x", "month=x&e=1"])
def test_a_broken_address_is_no_error(browser, query):
    make_world()
    assert browser.get(f"{list_of(Message)}?{query}").status_code in (200, 302)


@pytest.mark.parametrize(
    ("model", "query"),
    [
        (User, "password__startswith=a"),
        (User, "email__contains=a"),
        (Message, "content__startswith=z"),
        (Message, "conversation__title__startswith=z"),
        (Participant, "user=1"),
    ],
)
def test_no_secret_is_asked_for_by_filtering(browser, model, query):
    assert browser.get(f"{list_of(model)}?{query}").status_code == 400


def test_rows_are_found_by_their_ids(browser):
    world = make_world()
    make_one_more(world)

    def found(model, query):
        return {row.pk for row in browser.get(f"{list_of(model)}?{query}").context["cl"].result_list}

    members = set(
        Participant.objects.using("owner")
        .filter(conversation=world.conversation)
        .values_list("pk", flat=True)
    )
    assert found(Participant, f"q={world.conversation.pk}") == members
    assert found(Participant, f"conversation={world.conversation.pk}") == members
    assert found(Participant, f"q={world.named.pk}") == {world.named.pk}
    assert found(Message, f"q={world.message.pk}") == {world.message.pk}
    assert found(Message, "q=weeps") == set()
    assert found(User, f"q={world.ruth.pk}") == {world.ruth.pk}
    month = f"{world.message.created_at:%Y-%m}"
    assert world.message.pk in found(Message, f"month={month}")


class TestManyMessages:
    """100,000 rows: what PostgreSQL plans, not how long this machine takes."""

    @pytest.fixture(autouse=True)
    def _rows(self, transactional_db):
        self.world = make_world()
        with connections["owner"].cursor() as cursor:
            cursor.execute(
                """INSERT INTO message (id, conversation_id, seq, rev, sender_id, is_anonymous, type, content, mentions,
                     state, created_at)
                   SELECT overlay(gen_random_uuid()::text PLACING
                            left(uuid7_floor(now() - n * interval '1 second')::text, 15) FROM 1 FOR 15)::uuid,
                     %s, n, n, %s, false, 'text', 'x', '{}', 'live', now() FROM generate_series(10, 100000) n""",
                [self.world.conversation.pk, self.world.named.pk],
            )
            cursor.execute("ANALYZE message")

    def test_no_list_reads_a_whole_month_and_its_number_of_rows_is_about_right(self, browser):
        conversation, message = self.world.conversation.pk, self.world.message.pk
        for query in (
            "",
            f"conversation={conversation}",
            f"q={conversation}",
            f"q={message}",
            f"older={message}",
        ):
            statements = [
                sql
                for sql in queries_of(browser, f"{list_of(Message)}?{query}")
                if 'FROM "message"' in sql and "EXPLAIN" not in sql
            ]
            assert statements, query
            for sql in statements:
                plan = plan_of(sql)
                assert not re.search(r"Seq Scan on message_\d{4}_\d\d .*rows=\d{3,}", plan), plan
        shown = browser.get(list_of(Message)).context["cl"].result_count
        assert 90_000 < shown < 110_000


def plan_of(sql: str) -> str:
    with connections["owner"].cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT TEXT) {sql}")
        return "\n".join(line for (line,) in cursor.fetchall())
