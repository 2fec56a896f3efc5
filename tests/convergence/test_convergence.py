"""Random lives of three to six devices, against a real server that is killed now and then.

A bounded number of scripts in the suite; `make soak` plays new ones for SOAK_SECONDS (600).
"""

import asyncio
import os
import time

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from tests.convergence.agreement import disagreements
from tests.convergence.scripts import PAST, Step, scripts
from tests.convergence.world import World
from tests.messaging.realtime.serving import Servers

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.slow]

EXAMPLES, MOST_STEPS = 12, 40
SOAK_SECONDS = float(os.environ.get("SOAK_SECONDS", "0"))
QUIET = settings(
    deadline=None,
    suppress_health_check=list(HealthCheck),
    database=None,
    phases=(Phase.generate,),
)


@pytest.fixture(scope="module")
def start(tmp_path_factory, django_db_setup):
    servers = Servers(tmp_path_factory.mktemp("servers"))
    yield lambda: servers.get("uvicorn")
    servers.stop()


def play(start, people: int, script: list[Step], luck: int) -> None:
    """Play a script to its end; raises with the disagreements, if there are any."""

    async def life() -> list[str]:
        world = World(start, people)
        try:
            await world.open(luck)
            for step in script:
                await world.play(step)
            await world.settle()
            return await disagreements(world)
        finally:
            await world.close()

    found = asyncio.run(life())
    assert found == [], "\n".join(found)


@pytest.mark.parametrize("script", PAST)
def test_what_once_went_wrong_does_so_no_more(start, script):
    play(start, 4, script, 0)


def test_devices_rest_and_postgresql_agree_after_any_life(start, transactional_db):
    @seed(20261124)
    @settings(QUIET, max_examples=EXAMPLES)
    @given(people=st.integers(3, 6), script=scripts(most=MOST_STEPS), luck=st.integers(0, 1_000))
    def lives(people, script, luck):
        play(start, people, script, luck)

    lives()


@pytest.mark.skipif(not SOAK_SECONDS, reason="2026-11-24: ten minutes; `make soak` runs it")
@pytest.mark.timeout(SOAK_SECONDS + 600)
def test_soak(start, transactional_db):
    end, number = time.monotonic() + SOAK_SECONDS, 0
    while time.monotonic() < end:
        number += 1

        @seed(time.time_ns())
        @settings(QUIET, max_examples=10)
        @given(people=st.integers(3, 6), script=scripts(most=80), luck=st.integers(0, 1_000))
        def lives(people, script, luck):
            play(start, people, script, luck)

        lives()
    print(f"{number * 10} lives, all agree")
