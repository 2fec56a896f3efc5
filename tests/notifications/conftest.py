"""People of the messaging tests, what they find in their inboxes, and a push service that knows their browsers."""

from collections.abc import Iterator

import pytest

from tests.messaging.conftest import _no_hurry, amos, lydia, naomi, ruth
from tests.notifications.push_service import PushService

__all__ = ["_no_hurry", "amos", "lydia", "naomi", "ruth"]


@pytest.fixture
def service() -> Iterator[PushService]:
    running = PushService()
    yield running
    running.stop()
