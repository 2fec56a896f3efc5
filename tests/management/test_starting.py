"""What somebody reads who starts it without the settings that it needs, or with unsafe ones."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from prayermap.checks import settings_are_safe

ROOT = Path(__file__).parents[2]
DROPPED = {
    "SECRET_KEY",
    "DEBUG",
    "ALLOWED_HOSTS",
    "DATABASE_URL",
    "DATABASE_OWNER_URL",
    "REDIS_URL",
    "PRAYERMAP_TESTING",
}


@pytest.mark.parametrize(
    "command",
    [["quickstart"], ["check"], ["archive_messages", "--dry-run"], ["worker"]],
    ids=lambda words: words[0],
)
def test_without_a_secret_it_says_what_to_do_and_shows_no_traceback(command, tmp_path):
    kept = {name: value for name, value in os.environ.items() if name not in DROPPED}
    settings = {"DJANGO_SETTINGS_MODULE": "prayermap.settings", "PRAYERMAP_DATA": str(tmp_path)}
    done = subprocess.run(
        [sys.executable, "manage.py", *command],
        check=False,
        cwd=ROOT,
        env=kept | settings,
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode != 0
    assert "Traceback" not in done.stderr
    assert "SECRET_KEY" in done.stderr


@pytest.mark.parametrize(
    ("https", "debug", "found"), [(False, False, ["prayermap.W001"]), (True, False, []), (False, True, [])]
)
def test_cookies_without_tls_are_warned_of(https, debug, found, settings):
    settings.HTTPS, settings.DEBUG = https, debug
    settings.ALLOWED_HOSTS = ["prayermap.example"]
    assert [one.id for one in settings_are_safe() if one.id != "prayermap.E004"] == found
