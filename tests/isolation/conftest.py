"""The world, and a connection below Django. Tests that use another connection mark themselves transaction=True."""

import pytest

from messaging.services import quota
from tests.isolation.roles import World, make_world
from tests.messaging.lines import connect


@pytest.fixture
def world(db, settings) -> World:
    settings.INVITATIONS_PER_DAY = settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/minute")
    quota._buckets.clear()
    quota._changes.clear()
    return make_world()


@pytest.fixture
def line(transactional_db):
    """The request login in autocommit."""
    connection = connect()
    yield connection
    connection.close()
