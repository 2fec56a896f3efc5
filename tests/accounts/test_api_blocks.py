from uuid import uuid4

import pytest

from accounts import rules
from accounts.models import Block
from prayermap.lib.acting import acting_as
from prayermap.lib.db import call_scalar
from prayermap.lib.news import BlocksChanged
from tests.factories import bearer, make_user

pytestmark = pytest.mark.django_db


@pytest.fixture
def ruth():
    return make_user("Ruth")


@pytest.fixture
def amos():
    return make_user("Amos")


@pytest.fixture
def as_ruth(api, ruth):
    headers = bearer(ruth)
    return lambda method, path, body=None: api(method, path, body, headers=headers)


@pytest.fixture
def anonymous_member(monkeypatch):
    """The id of somebody anonymous whom every person can see."""
    member = uuid4()
    seen = {member: rules.SeenMember(None)}
    monkeypatch.setattr(rules, "member_resolvers", [seen.get])
    return member


def test_blocking_is_201_and_again_200(as_ruth, amos):
    first = as_ruth("POST", "me/blocks/", {"user": str(amos.pk)})
    again = as_ruth("POST", "me/blocks/", {"user": str(amos.pk)})
    expected = {"id": str(amos.pk), "name": "Amos", "user": str(amos.pk), "member": None}
    expected["created_at"] = first.json()["created_at"]
    assert (first.status_code, first.json()) == (201, expected | {"duplicate": False})
    assert (again.status_code, again.json()) == (200, expected | {"duplicate": True})
    assert as_ruth("GET", "me/blocks/").json() == {"results": [expected], "next": None, "previous": None}


def test_an_anonymous_member_is_blocked_without_a_name(as_ruth, anonymous_member):
    assert as_ruth("POST", "me/blocks/", {"member": str(anonymous_member)}).status_code == 201
    (row,) = as_ruth("GET", "me/blocks/").json()["results"]
    del row["created_at"]
    assert row == {
        "id": str(anonymous_member),
        "name": "Someone",
        "user": None,
        "member": str(anonymous_member),
    }
    assert as_ruth("DELETE", f"me/blocks/{anonymous_member}/").status_code == 204


def test_lifting_a_block_is_204_and_then_404(as_ruth, amos):
    as_ruth("POST", "me/blocks/", {"user": str(amos.pk)})
    statuses = [as_ruth("DELETE", f"me/blocks/{amos.pk}/").status_code for _ in range(2)]
    assert (statuses, Block.objects.count()) == ([204, 404], 0)


def test_nobody_lifts_anothers_block(api, as_ruth, amos):
    as_ruth("POST", "me/blocks/", {"user": str(amos.pk)})
    lydia = bearer(make_user("Lydia"))
    assert api("DELETE", f"me/blocks/{amos.pk}/", headers=lydia).status_code == 404
    assert api("GET", "me/blocks/", headers=lydia).json()["results"] == []
    assert Block.objects.count() == 1


def test_who_is_not_there_is_404(as_ruth, anonymous_member):
    assert as_ruth("POST", "me/blocks/", {"user": str(uuid4())}).status_code == 404
    assert as_ruth("POST", "me/blocks/", {"member": str(uuid4())}).status_code == 404
    assert as_ruth("POST", "me/blocks/", {"user": str(anonymous_member)}).status_code == 404


def test_oneself_is_400(as_ruth, ruth):
    answer = as_ruth("POST", "me/blocks/", {"user": str(ruth.pk)})
    assert (answer.status_code, list(answer.json()["errors"])) == (400, ["user"])


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"user": None},
        {"user": str(uuid4()), "member": str(uuid4())},
        {"user": 7},
        {"user": "ruth"},
        {"x": 1},
        [],
    ],
)
def test_neither_or_both_is_400(as_ruth, body):
    assert as_ruth("POST", "me/blocks/", body).status_code == 400


def test_a_client_id_names_one_block(as_ruth, amos):
    named = {"client_id": str(uuid4())}
    statuses = [as_ruth("POST", "me/blocks/", named | {"user": str(amos.pk)}).status_code for _ in range(2)]
    other = as_ruth("POST", "me/blocks/", named | {"user": str(make_user().pk)})
    assert (statuses, other.status_code, other.json()["code"]) == ([201, 200], 409, "client_id_reused")


def test_a_late_repetition_does_not_block_again(as_ruth, amos):
    named = {"client_id": str(uuid4()), "user": str(amos.pk)}
    as_ruth("POST", "me/blocks/", named)
    as_ruth("DELETE", f"me/blocks/{amos.pk}/")
    again = as_ruth("POST", "me/blocks/", named)
    assert (again.status_code, again.json()["id"], again.json()["duplicate"]) == (200, str(amos.pk), True)
    assert as_ruth("GET", "me/blocks/").json()["results"] == []


def test_both_sides_sockets_hear_of_it(as_ruth, ruth, amos, told, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        as_ruth("POST", "me/blocks/", {"user": str(amos.pk)})
        as_ruth("POST", "me/blocks/", {"user": str(amos.pk)})
    assert told == [("blocks.changed", BlocksChanged(str(who.pk))) for who in (ruth, amos)]


def test_only_ones_own_sockets_hear_of_an_anonymous_block(
    as_ruth, ruth, anonymous_member, told, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(execute=True):
        as_ruth("POST", "me/blocks/", {"member": str(anonymous_member)})
    assert told == [("blocks.changed", BlocksChanged(str(ruth.pk)))]


@pytest.mark.parametrize("number", [1, 3])
def test_the_list_takes_the_same_queries_for_one_and_three(as_ruth, ruth, number, django_assert_num_queries):
    for _ in range(number):
        Block.objects.create(blocker=ruth, blocked=make_user())
    with django_assert_num_queries(7):  # sign-in, SAVEPOINT, role, page, names, RELEASE, role back
        assert len(as_ruth("GET", "me/blocks/").json()["results"]) == number


def test_the_list_is_paged_newest_first(as_ruth, ruth):
    people = [make_user(f"Number {i}") for i in range(5)]
    for who in people:
        Block.objects.create(blocker=ruth, blocked=who)
    seen, path = [], "me/blocks/?limit=2"
    while path:
        page = as_ruth("GET", path).json()
        seen += [row["name"] for row in page["results"]]
        path = page["next"] and page["next"].partition("/api/v1/")[2]
    assert seen == [f"Number {i}" for i in reversed(range(5))]
    assert as_ruth("GET", "me/blocks/?limit=101").status_code == 400


def test_a_block_stands_between_both(ruth, amos):
    lydia = make_user("Lydia")
    Block.objects.create(blocker=ruth, blocked=amos)

    def blocked(me, other):
        with acting_as(me):
            return call_scalar("blocked_with", other.pk, types="uuid")

    assert (blocked(ruth, amos), blocked(amos, ruth), blocked(lydia, amos)) == (True, True, False)
