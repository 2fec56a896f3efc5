"""Several calls in one round trip: one transaction, nobody's role left behind, nothing broken handed on."""

import asyncio
from uuid import uuid4

import psycopg
import pytest

from prayermap.lib.pipelines import Call, Pipelines, acting, acting_in_session, calling
from tests.factories import make_user
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)
WHO = Call(
    "SELECT current_user::text AS role, coalesce(current_setting('prayermap.user_id', true), '') AS person, pg_backend_pid()",
    [],
)


@pytest.fixture
def using():
    """`using(work, size)`: the result of `work(pipelines)`."""

    def run(work, size=1):
        async def whole():
            pipelines = Pipelines(size)
            try:
                return await work(pipelines)
            finally:
                await pipelines.close()

        return asyncio.run(whole())

    return run


def test_a_role_ends_with_its_round_trip(using):
    person = uuid4()

    async def work(pipelines):
        _, [acted] = await pipelines.run(acting(person), WHO)
        [[after]] = await pipelines.run(WHO)
        return acted, after

    acted, after = using(work)
    assert acted[:2] == ("prayermap_member", str(person))
    assert after[:2] == ("prayermap_app", "")
    assert acted[2] == after[2]  # the same connection


def test_nobody_acts_where_the_session_does_not_live(using):
    stranger = make_user()

    async def work(pipelines):
        with pytest.raises(psycopg.errors.InvalidAuthorizationSpecification):
            await pipelines.run(acting_in_session(uuid4(), stranger.pk), WHO)
        return await pipelines.run(WHO)

    assert using(work)[0][0][:2] == ("prayermap_app", "")


def test_a_failure_undoes_nothing_but_its_own_round_trip(using):
    async def work(pipelines):
        [[first]] = await pipelines.run(WHO)
        with pytest.raises(psycopg.DataError):
            await pipelines.run(acting(uuid4()), calling("uuid_extract_timestamp", "none", types="uuid"), WHO)
        [[second]] = await pipelines.run(WHO)
        return first, second

    first, second = using(work)
    assert first == second


def test_who_gives_up_leaves_no_answer_for_the_next(using):
    async def work(pipelines):
        slow = asyncio.create_task(pipelines.run(Call("SELECT pg_sleep(20)", [])))
        await asyncio.sleep(0.2)
        slow.cancel()
        return await asyncio.wait_for(pipelines.run(Call("SELECT 2", [])), 10)

    assert [tuple(row) for row in using(work)[0]] == [(2,)]


def test_connections_that_died_are_replaced(using):
    async def work(pipelines):
        [[who]] = await pipelines.run(WHO)
        owner("SELECT pg_terminate_backend(%s, 5000)", who[2])
        [[other]] = await pipelines.run(WHO)
        return who, other

    who, other = using(work)
    assert who[2] != other[2]


def test_no_more_connections_than_there_may_be(using):
    async def work(pipelines):
        slow = Call("SELECT pg_sleep(0.05), pg_backend_pid() AS pid", [])
        return {row.pid for [[row]] in await asyncio.gather(*(pipelines.run(slow) for _ in range(8)))}

    assert len(using(work, 2)) == 2
