"""Three people, and room for what they have to say."""

import pytest

from messaging.services import quota
from tests.messaging.actors import Actor, actor
from tests.messaging.attaching import empty_storage


@pytest.fixture(autouse=True)
def _no_hurry(settings):
    """Tests invite more people a day than new accounts may; the limits have tests of their own."""
    quota._buckets.clear()
    quota._changes.clear()
    settings.INVITATIONS_PER_DAY = settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = settings.LIMITS | {"conversations": "10000/day"}


@pytest.fixture(autouse=True)
def _no_files():
    """Of other tests, either."""
    empty_storage()


@pytest.fixture
def ruth(db) -> Actor:
    return actor("Ruth")


@pytest.fixture
def amos(db) -> Actor:
    return actor("Amos")


@pytest.fixture
def lydia(db) -> Actor:
    return actor("Lydia")


@pytest.fixture
def naomi(db) -> Actor:
    return actor("Naomi")
