"""A server process carries no more than it serves with: each megabyte counts once for every process."""

import json
import os
import subprocess
import sys

from tests.messaging.realtime.serving import ROOT, environment

#: Clients of push services and lists of words are the worker's; Twisted is daphne's.
NOT_OURS = ("aiohttp", "autobahn", "daphne", "glin_profanity", "http_ece", "pywebpush", "twisted")
CODE = "import json, sys, prayermap.asgi; print(json.dumps(sorted(sys.modules)))"


def test_a_server_does_not_load_what_only_others_need(db):
    command = [sys.executable, "-c", CODE]
    done = subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment()}, check=True, stdout=subprocess.PIPE
    )
    loaded = set(json.loads(done.stdout.splitlines()[-1]))
    assert "messaging.realtime.consumer" in loaded
    assert loaded & set(NOT_OURS) == set()
