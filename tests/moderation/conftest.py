"""People who write, and people who moderate."""

import pytest

from messaging.services import quota
from tests.messaging.actors import Actor, actor
from tests.moderation.entering import make_person


@pytest.fixture(autouse=True)
def _no_hurry(settings):
    quota._buckets.clear()
    settings.INVITATIONS_PER_DAY = settings.INVITATIONS_PER_DAY_NEW = 0
    settings.LIMITS = dict.fromkeys(settings.LIMITS, "10000/day")


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
def miriam(db):
    """A moderator."""
    return make_person("moderator", "Miriam")


@pytest.fixture
def micah(db):
    """Another one."""
    return make_person("moderator", "Micah")


@pytest.fixture
def senior(db):
    return make_person("senior moderator", "Deborah")
