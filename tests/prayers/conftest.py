"""Three people, and room for what they pray."""

import pytest

from messaging.services import quota
from tests.messaging.actors import Actor, actor


@pytest.fixture(autouse=True)
def _no_hurry(settings):
    """The limits have tests of their own."""
    quota._buckets.clear()
    settings.INVITATIONS_PER_DAY = settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "100000/minute")


@pytest.fixture
def ruth(db) -> Actor:
    return actor("Ruth")


@pytest.fixture
def amos(db) -> Actor:
    return actor("Amos")


@pytest.fixture
def lydia(db) -> Actor:
    return actor("Lydia")
