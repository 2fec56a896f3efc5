"""The project's settings for `makemigrations --check`, which compares files and would otherwise ask a database."""

import os

os.environ.setdefault("SECRET_KEY", "only-for-tests-" + "0" * 50)
os.environ.setdefault("ALLOWED_HOSTS", "testserver")

from prayermap.settings import *  # noqa: F403 - the environment comes first

DATABASES: dict[str, dict[str, str]] = {}
