"""Files in an S3 bucket: stored, handed out by a link that lives a minute, removed, swept.

Needs the packages of requirements-s3.txt, which `make test` doesn't install: they hold another one back.
"""

import urllib.error
import urllib.request
from datetime import timedelta
from urllib.parse import parse_qs, urlsplit

import pytest

from messaging.services.media_files import storage_name
from messaging.services.media_sweep import sweep_media
from prayermap.checks import settings_are_safe
from prayermap.lib.ids import uuid7_at
from prayermap.lib.times import utc_now
from tests.messaging.attaching import bare, fetch, send_file, status_of, tombstone, upload
from tests.messaging.lines import owner
from tests.messaging.test_services_attachments import release
from tests.support.bucket import bucket
from tests.uploads import pictures
from tests.uploads.canary import found

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def stored(settings, monkeypatch):
    """The bucket's objects."""
    pytest.importorskip("storages", reason="the packages of requirements-s3.txt are not installed")
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "test")
    with bucket() as server:
        options = {
            "bucket_name": "media",
            "endpoint_url": server.address,
            "region_name": "eu-central-1",
            "addressing_style": "path",
            "signature_version": "s3v4",
        }
        settings.MEDIA_BUCKET = "media"
        settings.STORAGES = settings.STORAGES | {
            "default": {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": options}
        }
        yield server.objects


def opened(link, **headers):
    with urllib.request.urlopen(urllib.request.Request(link, headers=headers), timeout=5) as answer:
        return answer.status, answer.headers, answer.read()


def test_a_file_is_handed_out_by_the_bucket_after_the_server_was_asked(stored, ruth, amos, lydia):
    room = ruth.direct(amos)
    sent = send_file(ruth, room, upload(ruth, pictures.jpeg())["id"])
    assert len(stored) == 2
    assert [list(found(data)) for data in stored.values()] == [[], []]
    answer = fetch(bare(sent["attachment"]["url"]), amos)
    assert (answer.status_code, answer.headers["Cache-Control"]) == (302, "private, no-store")
    link = answer.headers["Location"]
    assert parse_qs(urlsplit(link).query)["X-Amz-Expires"] == ["60"]
    status, headers, body = opened(link)
    assert (status, headers["Content-Type"], len(body)) == (200, "image/jpeg", sent["attachment"]["size"])
    assert headers["Content-Disposition"].startswith('inline; filename="prayermap-')
    assert opened(link, Range="bytes=0-9")[::2] == (206, body[:10])
    assert (
        opened(fetch(sent["attachment"]["thumbnail_url"]).headers["Location"])[1]["Content-Type"]
        == "image/webp"
    )
    assert [status_of(bare(sent["attachment"]["url"]), person) for person in (lydia, None)] == [404, 401]
    with pytest.raises(urllib.error.HTTPError, match="403"):
        opened(link.partition("?")[0])


def test_it_is_removed_with_its_message(stored, ruth, amos):
    sent = send_file(ruth, ruth.direct(amos), upload(ruth)["id"])
    tombstone(sent["id"])
    assert (release(ruth, sent), stored) == (1, {})
    assert status_of(sent["attachment"]["url"]) == 404


def test_it_is_swept(stored, ruth):
    old = storage_name(uuid7_at(int((utc_now() - timedelta(hours=30)).timestamp() * 1000)))
    stored[old] = stored["other/program.bin"] = b"x"
    upload(ruth)
    assert tuple(sweep_media(now=utc_now())) == (0, 1, [])
    owner("UPDATE attachment SET created_at = now() - interval '25 hours'")
    assert tuple(sweep_media(now=utc_now())) == (1, 0, [])
    assert list(stored) == ["other/program.bin"]


def test_a_bucket_without_its_package_is_told_at_the_start(settings, monkeypatch):
    settings.MEDIA_BUCKET, settings.HTTPS = "media", True
    for spec, errors in ((object(), []), (None, ["prayermap.E004"])):
        monkeypatch.setattr("prayermap.checks.find_spec", lambda name, spec=spec: spec)
        assert [error.id for error in settings_are_safe()] == errors
