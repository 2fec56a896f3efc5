"""News for the apps above, sent inside the transaction that makes it true."""

from __future__ import annotations

from django.dispatch import Signal

#: A person changed their profile. `user_id`, `changed`: the names of the columns.
profile_changed = Signal()
