"""The console as moderators use it in a browser."""

import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils.timezone import now

from accounts.models import User
from moderation.models import AuditEntry, Case, Decision
from moderation.services.auditing import record
from prayermap.lib.acting import acting_as_staff
from tests.messaging.lines import owner
from tests.moderation.cases import flag, steps
from tests.moderation.entering import browser_for, browser_of_kind, make_person

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _debug(settings):
    settings.DEBUG = True


@pytest.fixture
def group(ruth, amos, lydia) -> str:
    conversation = ruth.group(amos, lydia)
    amos.say(conversation, "Quillon")
    return conversation


@pytest.fixture
def case(ruth, group) -> Case:
    return flag(ruth, group, 1, note="It hurt.")


def text_of(answer) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", answer.content.decode()))


def step(browser, case: Case, name: str, **more):
    case.refresh_from_db()
    return browser.post(f"/admin/cases/{case.pk}/{name}/", {"version": case.version} | more, follow=True)


# --- one case from the queue to its end ---------------------------------------------------------------------


def test_from_the_queue_to_a_decision_and_a_reply(case, ruth, amos, group, miriam):
    browser = browser_for(miriam)
    queue = browser.get("/admin/cases/")
    assert f"/admin/cases/{case.pk}/" in queue.content.decode()
    assert "Quillon" not in queue.content.decode(), "a list says nothing of what was written"
    page = browser.get(f"/admin/cases/{case.pk}/")
    assert "Quillon" in page.content.decode()
    assert "It hurt." in page.content.decode()
    assert "The case is yours" in text_of(step(browser, case, "claim"))
    assert "Noted." in text_of(step(browser, case, "note", text="Asked Ruth."))
    form = browser.get(f"/admin/cases/{case.pk}/decide/hide_message/")
    assert "We have hidden a message of yours" in form.content.decode()
    case.refresh_from_db()
    body = {"version": case.version, "reason": "harassment", "statement": "It hurt somebody."}
    done = browser.post(f"/admin/cases/{case.pk}/decide/hide_message/", body, follow=True)
    assert "Decided." in text_of(done)
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["state"] == "hidden"
    case.refresh_from_db()
    body = {"version": case.version, "reason": "harassment", "statement": "Thank you."}
    browser.post(f"/admin/cases/{case.pk}/decide/close/", body)
    assert ruth.ok("GET", "me/reports/")["results"][0]["reply"] == "Thank you."
    assert [s for s in steps(case) if s != "case.looked_into"] == [
        "report.filed", "case.claimed", "case.noted", "decision.made", "decision.made",
    ]  # fmt: skip


def test_two_moderators_on_one_case(case, miriam, micah):
    """Each has the page open; the second is told, and overwrites nothing."""
    first, second = browser_for(miriam), browser_for(micah)
    seen = case.version
    first.post(f"/admin/cases/{case.pk}/claim/", {"version": seen})
    answer = second.post(f"/admin/cases/{case.pk}/claim/", {"version": seen}, follow=True)
    assert "Somebody else works on this case" in text_of(answer)
    assert "Miriam, until" in text_of(answer)
    body = {"version": seen, "reason": "spam", "statement": ""}
    answer = second.post(f"/admin/cases/{case.pk}/decide/dismiss/", body, follow=True)
    assert "Look at it again" in text_of(answer)
    case.refresh_from_db()
    assert (case.claimed_by_id, case.state) == (miriam.pk, "open")


def test_words_for_a_step_that_was_not_taken_are_handed_back(case, miriam, micah):
    first, second = browser_for(miriam), browser_for(micah)
    seen = case.version
    step(first, case, "claim")
    answer = second.post(f"/admin/cases/{case.pk}/note/", {"version": seen, "text": "I know <both>."})
    assert "Somebody else works on this case" in text_of(answer)
    assert "readonly>I know &lt;both&gt;.</textarea>" in answer.content.decode()
    answer = first.post(f"/admin/cases/{case.pk}/decide/close/", {
        "version": seen, "reason": "spam", "statement": "Thank you, Ruth.",
    })  # fmt: skip
    assert "readonly>Thank you, Ruth.</textarea>" in answer.content.decode()
    assert steps(case).count("case.noted") == steps(case).count("decision.made") == 0


def test_a_ban_by_two_browsers(case, amos, miriam, micah):
    first, second = browser_for(miriam), browser_for(micah)
    step(first, case, "claim")
    case.refresh_from_db()
    body = {"version": case.version, "reason": "violence", "statement": "Two of us agreed."}
    assert "a second person has to confirm" in text_of(
        first.post(f"/admin/cases/{case.pk}/decide/ban/", body, follow=True)
    )
    decision = Decision.objects.using("owner").get()
    waiting = second.get("/admin/cases/?show=waiting")
    assert "you can confirm it" in text_of(waiting)
    assert "you can confirm it" not in text_of(first.get("/admin/cases/?show=waiting"))
    refused = first.post(f"/admin/decisions/{decision.pk}/approve/", follow=True)
    assert "somebody else has to do this" in text_of(refused)
    assert "Confirmed." in text_of(second.post(f"/admin/decisions/{decision.pk}/approve/", follow=True))
    assert User.objects.get(pk=amos.user.pk).banned_at is not None
    assert "Undone." in text_of(second.post(f"/admin/decisions/{decision.pk}/undo/", follow=True))


def test_what_is_wrong_stands_on_the_form(case, miriam):
    browser = browser_for(miriam)
    step(browser, case, "claim")
    case.refresh_from_db()
    path = f"/admin/cases/{case.pk}/decide/warn/"
    answer = browser.post(path, {"version": case.version, "reason": "spam", "statement": ""})
    assert answer.status_code == 200
    assert "This field is required." in text_of(answer)
    assert browser.get(f"/admin/cases/{case.pk}/decide/deanonymise/").status_code == 404
    assert browser.get(f"/admin/cases/{case.pk}/decide/nonsense/").status_code == 404


def test_only_a_senior_breaks_the_glass(case, senior, miriam):
    path = f"/admin/cases/{case.pk}/decide/ban/"
    assert "at_once" in browser_for(senior).get(path).content.decode()
    assert "at_once" not in browser_for(miriam).get(path).content.decode()


def test_an_anonymous_author_is_shown_in_one_answer_only(ruth, amos, group, miriam, senior):
    said = amos.say(group, "Masked", is_anonymous=True)
    case = flag(ruth, group, said["seq"])
    first, second = browser_for(miriam), browser_for(senior)
    first.get("/admin/")  # what it had to say about signing in
    before = {path: first.get(path).content for path in everywhere(amos.user, group)}
    step(first, case, "claim")
    case.refresh_from_db()
    first.post(f"/admin/cases/{case.pk}/decide/deanonymise/", {"version": case.version, "reason": "violence"})
    shown = "shown here only"
    assert shown not in first.post(f"/admin/cases/{case.pk}/author/").content.decode()
    decision = Decision.objects.using("owner").get()
    second.post(f"/admin/decisions/{decision.pk}/approve/")
    answer = first.post(f"/admin/cases/{case.pk}/author/").content.decode()
    assert shown in answer
    assert amos.user.email in answer
    page = first.get(f"/admin/cases/{case.pk}/").content.decode()
    assert shown not in page
    assert amos.user.email not in page
    first.get("/admin/")  # what it had to say about the steps
    after = {path: first.get(path).content for path in everywhere(amos.user, group)}
    for path, page in after.items():
        assert bare(page) == bare(before[path]), path


def everywhere(user: User, conversation: str) -> list[str]:
    """Pages on which a change would tell."""
    return [
        f"/admin/accounts/user/{user.pk}/change/", "/admin/accounts/user/", f"/admin/messaging/conversation/{conversation}/change/",
        "/admin/messaging/message/", "/admin/messaging/participant/", "/admin/accounts/session/",
    ]  # fmt: skip


def bare(page: bytes) -> list[str]:
    """Without what differs from answer to answer."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]+"', "", page.decode()).splitlines()


def test_self_harm_comes_first_with_guidance_and_words_of_care(case, lydia, amos, group, miriam):
    amos.say(group, "I can't go on")
    urgent = flag(lydia, group, 2, reason="self_harm")
    browser = browser_for(miriam)
    listed = re.findall(r"/admin/cases/([0-9a-f-]{36})/", browser.get("/admin/cases/").content.decode())
    assert listed == [str(urgent.pk), str(case.pk)]
    page = text_of(browser.get(f"/admin/cases/{urgent.pk}/"))
    assert "Somebody may harm themselves" in page
    step(browser, urgent, "claim")
    page = browser.get(f"/admin/cases/{urgent.pk}/").content.decode()
    offers = re.findall(r"/decide/(\w+)/", page)
    assert offers[0] == "support"
    words = text_of(browser.get(f"/admin/cases/{urgent.pk}/decide/support/"))
    assert "findahelpline.com" in words


def test_near_context_is_read_by_whoever_has_the_case_and_recorded(case, ruth, group, miriam, micah):
    ruth.say(group, "Afterwards")
    browser = browser_for(miriam)
    assert "Afterwards" not in step(browser, case, "context").content.decode()
    step(browser, case, "claim")
    assert "Afterwards" in step(browser, case, "context").content.decode()
    assert "Afterwards" not in step(browser_for(micah), case, "context").content.decode()
    assert steps(case).count("case.context_read") == 1


# --- the queue ----------------------------------------------------------------------------------------------


def fill_queue(number: int) -> None:
    owner(
        "INSERT INTO moderation_case (id, kind, subject, reason, priority, report_count, is_sealed, state, outcome,"
        " opened_at, due_at, version)"
        " SELECT overlay(gen_random_uuid()::text PLACING left(uuid7_floor(now() - n * interval '1 minute')::text, 15)"
        " FROM 1 FOR 15)::uuid, 'person', gen_random_uuid(), 'spam', 1 + n %% 4, 1, false, 'open', '',"
        " now() - n * interval '1 minute', now() + interval '1 hour', 1 FROM generate_series(1, %s) n",
        number,
    )
    owner("ANALYZE moderation_case")


def test_the_queue_pages_by_key_counts_nothing_and_takes_few_queries(miriam):
    fill_queue(3)
    browser = browser_for(miriam)
    browser.get("/admin/cases/")

    def queries() -> list[str]:
        with CaptureQueriesContext(connection) as captured:
            assert browser.get("/admin/cases/").status_code == 200
        return [query["sql"] for query in captured.captured_queries]

    few = queries()
    fill_queue(3_000)
    many = queries()
    assert len(many) == len(few) <= 12
    assert [sql for sql in many if "COUNT(" in sql.upper()] == []
    (sql,) = [sql for sql in many if 'FROM "moderation_case"' in sql]
    with acting_as_staff(miriam), connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN (ANALYZE, FORMAT TEXT) {sql}")
        plan = "\n".join(line for (line,) in cursor.fetchall())
    assert "case_queue" in plan, plan


def test_pages_of_the_queue_are_the_whole_queue_in_order(miriam):
    fill_queue(130)
    browser = browser_for(miriam)
    seen, path = [], "/admin/cases/"
    while path:
        page = browser.get(path).content.decode()
        seen += re.findall(r"/admin/cases/([0-9a-f-]{36})/", page)
        further = re.search(r'rel="next" href="([^"]+)"', page)
        path = "/admin/cases/" + further[1].replace("&amp;", "&") if further else ""
    expected = [str(row.id) for row in owner("SELECT id FROM moderation_case ORDER BY priority, id")]
    assert seen == expected


@pytest.mark.parametrize(
    "query",
    [
        "show=nonsense",
        "kind=nonsense",
        "after=x",
        "after=1.x",
        "after=x.01a20eda-3684-746d-82db-28ae6a8c9201",
    ],
)
def test_a_broken_address_is_a_bad_request(miriam, query):
    assert browser_for(miriam).get(f"/admin/cases/?{query}").status_code == 400


def test_views_of_the_queue(case, miriam, micah):
    browser = browser_for(miriam)

    def shown(show: str) -> bool:
        return str(case.pk) in browser.get(f"/admin/cases/?show={show}").content.decode()

    assert [show for show in ("open", "unclaimed", "mine", "urgent", "overdue", "appeals", "closed") if shown(show)] == [
        "open", "unclaimed",
    ]  # fmt: skip
    step(browser, case, "claim")
    owner("UPDATE moderation_case SET due_at = now() - interval '1 hour'")
    assert [show for show in ("open", "unclaimed", "mine", "overdue") if shown(show)] == [
        "open",
        "mine",
        "overdue",
    ]
    assert str(case.pk) not in browser_for(micah).get("/admin/cases/?show=mine").content.decode()


def test_a_case_is_found_by_its_id_and_by_what_it_is_about(case, miriam):
    browser = browser_for(miriam)
    for term in (case.pk, case.subject):
        assert browser.get(f"/admin/cases/?q={term}")["Location"] == f"/admin/cases/{case.pk}/"
    assert "There is no such case." in text_of(browser.get("/admin/cases/?q=nonsense"))


def test_a_case_that_isnt_there_is_not_found(miriam):
    browser = browser_for(miriam)
    nothing = "01a20eda-3684-746d-82db-28ae6a8c9201"
    assert browser.get(f"/admin/cases/{nothing}/").status_code == 404
    assert browser.get(f"/admin/cases/{nothing}/decide/warn/").status_code == 404
    assert browser.post(f"/admin/decisions/{nothing}/approve/").status_code == 404
    assert browser.post(f"/admin/cases/{nothing}/claim/", {"version": "x"}).status_code == 404


# --- the first page, the trail, roles ---------------------------------------------------------------------------


def test_the_first_page_says_what_needs_doing(case, ruth, lydia, amos, group, miriam, micah):
    amos.say(group, "I can't go on")
    flag(lydia, group, 2, reason="self_harm")
    owner("UPDATE moderation_case SET due_at = now() - interval '1 hour' WHERE id = %s", case.pk)
    browser = browser_for(miriam)
    step(browser, case, "claim")
    page = browser.get("/admin/")
    numbers = {todo.title: todo.number for todo in page.context["todos"]}
    assert numbers == {
        "Urgent": 1, "Overdue": 1, "Waiting for a second person": 0, "My cases": 1, "Appeals": 0, "Nobody has it": 1,
    }  # fmt: skip
    assert [todo.title for todo in page.context["todos"]][:2] == ["Urgent", "Overdue"]
    assert page.content.decode().count("<svg") >= 2
    assert [row[1:] for row in page.context["flow"].rows][-1] == (2, 0)


@pytest.mark.parametrize("role", ["privacy officer", "administrator"])
def test_who_reads_no_cases_is_shown_none_on_the_first_page(case, role):
    page = browser_of_kind(role).get("/admin/")
    assert "flow" not in page.context
    assert "/admin/cases/" not in page.content.decode()


def test_the_trail_is_filtered(case, miriam, senior):
    step(browser_for(miriam), case, "claim")
    browser = browser_for(senior)

    def actions(query: str) -> list[str]:
        return [row.entry.action for row in browser.get(f"/admin/trail/?{query}").context["found"].rows]

    assert set(actions("action=case.")) == {"case.claimed", "case.looked_into"}
    assert actions(f"action=console.&actor={miriam.email[:8]}").count("console.entered") >= 1
    assert "case.claimed" in actions(f"case={case.pk}")
    tomorrow = (now() + timedelta(days=1)).date()
    assert actions(f"since={tomorrow}") == []
    assert actions(f"until={tomorrow}") != []
    assert browser.get("/admin/trail/?since=nonsense&below=x").status_code == 200


def test_the_trail_pages_and_takes_the_same_queries_for_few_and_many(senior):
    browser = browser_for(senior)
    browser.get("/admin/trail/")
    with CaptureQueriesContext(connection) as few:
        browser.get("/admin/trail/")
    for _ in range(60):
        with acting_as_staff(senior):
            record(action="case.noted")
    with CaptureQueriesContext(connection) as many:
        page = browser.get("/admin/trail/")
    assert len(few) == len(many)
    assert "COUNT(" not in " ".join(query["sql"] for query in many.captured_queries).upper()
    older = browser.get(f"/admin/trail/?below={page.context['found'].below}")
    assert older.context["found"].rows[0].entry.number == page.context["found"].below - 1


def test_entering_is_recorded_once_and_roles_are_given_by_an_administrator(miriam):
    browser = browser_of_kind("administrator")
    browser.get("/admin/")
    browser.get("/admin/accounts/user/")
    entered = AuditEntry.objects.using("owner").filter(action="console.entered")
    assert entered.count() == 1
    from django.contrib.auth.models import Group

    amos = make_person("member", "Amos")
    form = {"display_name": "Amos", "timezone": "UTC", "is_active": "on", "is_staff": "on"}
    form |= {"groups": [Group.objects.get(name="moderator").pk]}
    assert browser.post(f"/admin/accounts/user/{amos.pk}/change/", form).status_code == 302
    amos.refresh_from_db()
    assert (amos.is_staff, amos.groups.get().name) == (True, "moderator")
    recorded = list(AuditEntry.objects.using("owner").values_list("action", flat=True))
    assert {"role.given", "role.staff_changed", "admin.changed"} <= set(recorded)


def test_an_administrator_changes_nothing_about_themselves():
    person = make_person("administrator")
    form = {
        "display_name": "Miriam",
        "timezone": "UTC",
        "is_active": "on",
        "is_staff": "on",
        "groups": ["1", "2"],
    }
    browser_for(person).post(f"/admin/accounts/user/{person.pk}/change/", form)
    assert list(person.groups.values_list("name", flat=True)) == ["administrator"]
