"""Say that a sanction is wrong: somebody who didn't decide on it decides."""

from __future__ import annotations

from uuid import UUID

from accounts.services.client_keys import earlier_result, remember
from messaging.services.outcomes import refusal
from moderation.queries.sanctions import as_filed, own_appeal
from moderation.schemas.sanctions import FileAppeal, FiledAppeal
from prayermap.lib.acting import current_user_id
from prayermap.lib.db import call
from prayermap.lib.errors import invalid
from prayermap.lib.ids import uuid7
from prayermap.lib.rate import hit
from prayermap.lib.text import is_blank


def file_appeal(*, sanction_id: UUID, body: FileAppeal) -> FiledAppeal:
    """Appeal against a sanction of one's own. Raises NotFound, Conflict (lifted, or none), Invalid, RateLimited."""
    if is_blank(body.text):
        raise invalid(text="Must contain something visible.")
    if earlier := earlier_result(body.client_id, sanction_id, body):
        return as_filed(own_appeal(earlier), duplicate=True)
    hit("reports", str(current_user_id()))
    (result,) = call("file_appeal", sanction_id, body.text, uuid7(), uuid7(), types="uuid text uuid uuid")
    if error := refusal(result.outcome):
        raise error
    remember(body.client_id, sanction_id, body, result.appeal)
    return as_filed(own_appeal(result.appeal), duplicate=result.outcome == "duplicate")
