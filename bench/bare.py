"""The least that Django can do: one INSERT, two SELECTs, JSON. What `bench.plain` measures our REST against.

No middleware, nobody is asked who they are, nothing is hidden from anybody. Served by uvicorn or daphne as they come; a pool
of connections, since nothing slower would be fair.
"""

from __future__ import annotations

import json
import os
from typing import Any

import django
from django.conf import settings
from django.core.handlers.asgi import ASGIHandler
from django.db import connection
from django.http import HttpRequest, JsonResponse
from django.urls import path
from psycopg.conninfo import conninfo_to_dict

_INSERT = """
INSERT INTO bare_message (id, conversation, sender, content) VALUES (%s, %s, gen_random_uuid(), %s)
RETURNING id, conversation, seq, sender, content, created_at
"""
_PAGE = """
SELECT id, conversation, seq, sender, content, created_at FROM bare_message
WHERE conversation = %s ORDER BY seq DESC LIMIT 50
"""
_LIST = """
SELECT id, title, latest_seq, moved_at FROM bare_conversation WHERE person = %s ORDER BY moved_at DESC LIMIT 50
"""


def messages(request: HttpRequest, place: int) -> JsonResponse:
    if request.method == "POST":
        body = json.loads(request.body)
        return _answer(_rows(_INSERT, body["client_id"], place, body["content"])[0], status=201)
    return _answer({"results": _rows(_PAGE, place)})


def conversations(request: HttpRequest, place: int) -> JsonResponse:
    return _answer({"results": _rows(_LIST, place)})


def _rows(statement: str, *values: Any) -> list[dict[str, Any]]:
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        names = [column.name for column in cursor.description]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def _answer(data: Any, status: int = 200) -> JsonResponse:
    answer = JsonResponse(data, status=status)
    answer["Content-Length"] = str(len(answer.content))
    return answer


urlpatterns = [path("messages/<int:place>/", messages), path("conversations/<int:place>/", conversations)]


def _configure() -> None:
    where = conninfo_to_dict(os.environ["BARE_DATABASE"])
    settings.configure(
        ROOT_URLCONF=__name__,
        MIDDLEWARE=[],
        ALLOWED_HOSTS=["127.0.0.1"],
        SECRET_KEY="of no use here",
        USE_TZ=True,
        DATABASES={
            "default": {
                "ENGINE": "django.db.backends.postgresql",
                "NAME": where["dbname"],
                "USER": where["user"],
                "HOST": where["host"],
                "OPTIONS": {"pool": {"min_size": 1, "max_size": 16, "timeout": 10}},
            }
        },
    )
    django.setup(set_prefix=False)


if not settings.configured:
    _configure()
application = ASGIHandler()
