"""A server process carries no more than it serves with: each megabyte counts once for every process."""

import json
import os
import subprocess
import sys

from tests.messaging.realtime.serving import ROOT, Server, environment

#: Clients of push services and lists of words are the worker's; Twisted is daphne's.
#: So are pictures until somebody sends one, and sign-in pages until a browser asks for one.
NOT_OURS = (
    "PIL", "aiohttp", "autobahn", "daphne", "fido2", "glin_profanity", "http_ece", "pygments", "pywebpush", "requests",
    "twisted", "unittest", "valkey", "watchfiles", "yaml",
)  # fmt: skip
CODE = """
import json, sys
import prayermap.server.uvicorn_server, prayermap.asgi
from django.urls import get_resolver
from prayermap.lib.rate import hit
assert get_resolver().url_patterns
hit("ticket", "thrift")
print(json.dumps(sorted(sys.modules)))
"""


def test_a_server_does_not_load_what_only_others_need(db):
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment()}, check=True, stdout=subprocess.PIPE
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "messaging.realtime.consumer" in loaded
    assert loaded & set(NOT_OURS) == set()


def test_a_server_that_has_just_started_weighs_little(transactional_db, tmp_path):
    """94 MB where this was written; twenty were Django's and its libraries' habits, and would come back unnoticed."""
    server = Server("uvicorn", tmp_path / "log")
    try:
        assert server.wait_until_ready().megabytes() < 106
    finally:
        server.stop()
