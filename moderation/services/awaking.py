"""Wake the background worker for what shouldn't wait for its next round."""

from __future__ import annotations

import logging

from procrastinate import exceptions
from procrastinate.contrib.django import app

logger = logging.getLogger(__name__)

#: The task that does it (moderation/tasks.py).
TASK = "moderation.tasks.follow_up"


def awaken() -> None:
    """Ask for a round of what decisions leave to the worker; one that waits already is enough."""
    try:
        app.configure_task(TASK, queueing_lock=TASK).defer()
    except exceptions.AlreadyEnqueued:
        pass
    except exceptions.ConnectorException:
        logger.warning("the worker was not woken; its next round will do")
