"""The project's settings for tests: a database cluster of their own, and a Valkey database of their own.

The environment is prepared before the project's settings are read, so that processes started by a test inherit it.
"""

from tests.support.environment import prepare

prepare()

from prayermap.settings import *  # noqa: E402, F403 - the environment comes first

EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
#: Tests run the push service themselves. The key is for nothing else.
PUSH_TO_LOOPBACK = True
IS_TEST_RUN = True
VAPID_PRIVATE_KEY = "VGVzdHMgb25seS4gVGVzdHMgb25seS4gVGVzdHMgb24"
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    # No manifest: collectstatic isn't part of a test run.
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
#: Nothing is collected, and WhiteNoise warns of a directory that isn't there.
STATIC_ROOT = None
