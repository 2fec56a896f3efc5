"""Which conversations changed, the short way: as a socket is told it."""

from __future__ import annotations

import re

from rest_framework.request import Request

from messaging.api.short_requests import Endpoint, Plain
from messaging.queries import returning
from messaging.schemas.catchup import Sync, SyncResult
from prayermap.lib.http.reading import read
from prayermap.lib.pipelines import Pipelines
from prayermap.lib.times import utc_now


def _asked(request: Request, found: re.Match[str]) -> Sync:
    return read(request, Sync)


async def _answer(lines: Pipelines, plain: Plain) -> SyncResult:
    person, session = plain.reader
    return await returning.sync(lines, person, plain.asked, utc_now(), session=session)


SYNC = Endpoint("sync", re.compile(r"/api/v1/sync/"), frozenset(), _asked, _answer, method="POST")
