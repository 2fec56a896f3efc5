"""People of the messaging tests, and what they find in their inboxes."""

from tests.messaging.conftest import _no_hurry, amos, lydia, naomi, ruth

__all__ = ["_no_hurry", "amos", "lydia", "naomi", "ruth"]
