"""Handing out files: to whom, which part, with which headers."""

from datetime import timedelta

import pytest
from django.utils.timezone import now

from accounts.enums import EndReason
from accounts.services.sessions import end_all_sessions
from accounts.services.suspension import suspend
from tests.messaging.attaching import (
    bare,
    content_of,
    fetch,
    send_file,
    status_of,
    stored_names,
    tombstone,
    upload,
)
from tests.messaging.lines import owner
from tests.uploads import films

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def group(ruth, amos, lydia):
    return ruth.group(amos, lydia)


@pytest.fixture
def sent(ruth, group):
    return send_file(ruth, group, upload(ruth)["id"])


def url_for(person, group, seq=1):
    return person.get(f"conversations/{group}/messages/{seq}/").body["attachment"]["url"]


def statuses(url, *people):
    return [status_of(url, person) for person in people]


# --- who ---------------------------------------------------------------------------------------------
def test_who_sees_the_message_may_have_its_file(ruth, amos, naomi, group, sent):
    address = bare(sent["attachment"]["url"])
    assert statuses(address, ruth, amos, naomi, None) == [200, 200, 404, 401]
    assert statuses(address.replace("/file/", "/thumbnail/"), ruth, amos, naomi, None) == [200, 200, 404, 401]
    assert [person.get(f"attachments/{sent['attachment']['id']}/").status for person in (amos, naomi)] == [
        200,
        404,
    ]


def test_a_link_opens_the_file_for_its_person_alone(amos, naomi, group, sent):
    url = url_for(amos, group)
    assert statuses(url, None, amos, naomi) == [200, 200, 404]
    other = url.partition("?key=")[2]
    address = bare(url)
    wrong = ("", "x" * 48, other[:-1], other.swapcase(), "\u00e9" * 48)
    assert [status_of(f"{address}?key={word}") for word in wrong] == [401] * 5


def test_a_link_is_for_one_file(ruth, amos, group, sent):
    second = send_file(ruth, group, upload(ruth)["id"])
    word = url_for(amos, group).partition("?key=")[2]
    assert status_of(f"{bare(second['attachment']['url'])}?key={word}") == 401


def test_a_link_ends(amos, group, sent, settings):
    settings.LINK_SECONDS = -3_600
    assert status_of(url_for(amos, group)) == 401


def test_a_link_of_a_former_secret_is_good_until_that_one_goes(amos, group, sent, settings):
    url = url_for(amos, group)
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another" * 10
    assert status_of(url) == 200
    settings.SECRET_KEY_FALLBACKS = []
    assert status_of(url) == 401


def test_an_upload_is_its_owner_s_alone_until_it_is_sent(ruth, amos, group):
    made = upload(ruth)
    assert statuses(bare(made["url"]), ruth, amos) == [200, 404]


def test_who_was_removed_or_has_left_gets_it_no_more(ruth, amos, lydia, group, sent):
    urls = [url_for(amos, group), url_for(lydia, group)]
    assert [status_of(url) for url in urls] == [200, 200]
    ruth.ok("DELETE", f"conversations/{group}/members/{amos.member_id(group)}/")
    lydia.ok("DELETE", f"conversations/{group}/members/{lydia.member_id(group)}/")
    assert [status_of(url) for url in urls] == [404, 404]
    assert statuses(bare(urls[0]), amos, lydia, ruth) == [404, 404, 200]


def test_who_came_later_does_not_get_what_was_before(ruth, naomi, group, sent):
    ruth.ok("POST", f"conversations/{group}/members/", {"user": naomi.id})
    assert status_of(bare(sent["attachment"]["url"]), naomi) == 404
    naomi.ok("POST", f"conversations/{group}/accept/")
    owner("UPDATE participant SET visible_from_seq = 2 WHERE user_id = %s", naomi.id)
    assert status_of(bare(sent["attachment"]["url"]), naomi) == 404


@pytest.mark.parametrize("state", ["hidden", "deleted", "erased"])
def test_what_is_no_longer_live_is_gone_for_everybody(ruth, amos, group, sent, state):
    url = url_for(amos, group)
    if state == "hidden":
        owner("UPDATE message SET state = 'hidden' WHERE id = %s", sent["id"])
    else:
        tombstone(sent["id"])
        owner("UPDATE message SET state = %s WHERE id = %s", state, sent["id"])
    assert statuses(url, None, amos, ruth) == [404, 404, 404]
    assert amos.get(f"conversations/{group}/messages/1/").body["attachment"] is None


def test_what_one_has_deleted_for_oneself_is_gone_for_oneself(amos, lydia, group, sent):
    amos.ok("DELETE", f"conversations/{group}/messages/1/?scope=me")
    assert statuses(bare(sent["attachment"]["url"]), amos, lydia) == [404, 200]


def test_what_has_expired_is_gone_before_it_is_swept(ruth, amos, group, sent):
    owner("UPDATE message SET expires_at = now() - interval '1 second' WHERE id = %s", sent["id"])
    assert statuses(bare(sent["attachment"]["url"]), amos, ruth) == [404, 404]


def test_a_block_that_hides_a_message_hides_its_file(ruth, amos, lydia):
    """Lydia is anonymous and blocks Amos: he isn't shown to her, which he can't notice."""
    made = lydia.ok(
        "POST",
        "conversations/",
        {"kind": "group_prayer", "title": "Evening", "members": [ruth.id, amos.id], "is_anonymous": True},
    )
    for person in (ruth, amos):
        person.ok("POST", f"conversations/{made['id']}/accept/")
    sent = send_file(amos, made["id"], upload(amos)["id"])
    assert statuses(bare(sent["attachment"]["url"]), ruth, lydia, amos) == [200, 200, 200]
    lydia.blocks(amos)
    assert statuses(bare(sent["attachment"]["url"]), ruth, lydia, amos) == [200, 404, 200]


def test_a_block_between_two_leaves_what_was_sent(ruth, amos):
    room = ruth.direct(amos)
    sent = send_file(ruth, room, upload(ruth)["id"])
    amos.blocks(ruth)
    assert statuses(bare(sent["attachment"]["url"]), ruth, amos) == [200, 200]
    refused = ruth.post(
        f"conversations/{room}/messages/", {"type": "image", "attachment": upload(ruth)["id"]}
    )
    assert refused.refusal == (403, "blocked")


def test_links_of_who_may_not_be_here_are_worth_nothing(amos, lydia, group, sent):
    urls = [url_for(amos, group), url_for(lydia, group)]
    suspend(user=amos.user, until=now() + timedelta(days=1), code="test", now=now())
    end_all_sessions(user_id=lydia.user.pk, reason=EndReason.SIGNED_OUT, now=now())
    assert [status_of(url) for url in urls] == [401, 401]


def test_a_missing_file_is_404(ruth, sent):
    from django.core.files.storage import default_storage

    for name in stored_names():
        default_storage.delete(name)
    assert status_of(sent["attachment"]["url"]) == 404


def test_sound_has_no_thumbnail(ruth):
    made = upload(ruth, films.movie())
    assert made["thumbnail_url"] is None
    assert status_of(bare(made["url"]).replace("/file/", "/thumbnail/"), ruth) == 404


# --- how ---------------------------------------------------------------------------------------------
def test_headers_keep_a_file_harmless(ruth, sent):
    answer = fetch(sent["attachment"]["url"])
    name = f"prayermap-{sent['attachment']['id'][-12:]}.png"
    assert {name: answer.headers[name] for name in (
        "Content-Type", "Content-Length", "Content-Disposition", "X-Content-Type-Options", "Cache-Control",
        "Accept-Ranges", "ETag", "Content-Security-Policy", "X-Frame-Options",
    )} == {
        "Content-Type": "image/png",
        "Content-Length": str(sent["attachment"]["size"]),
        "Content-Disposition": f'inline; filename="{name}"',
        "X-Content-Type-Options": "nosniff",
        "Cache-Control": "private, no-cache, no-transform",
        "Accept-Ranges": "bytes",
        "ETag": f'"{sent["attachment"]["id"].replace("-", "")}-file"',
        "Content-Security-Policy": "default-src 'none'; style-src 'unsafe-inline'; img-src 'self'; media-src 'self'; sandbox",
        "X-Frame-Options": "DENY",
    }  # fmt: skip


@pytest.fixture
def film(ruth):
    made = upload(ruth, films.movie())
    return made["url"], content_of(fetch(made["url"])), fetch(made["url"]).headers["ETag"]


@pytest.mark.parametrize(
    ("asked", "start", "end"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-", 0, None),
        ("bytes=10-19", 10, 20),
        ("bytes=100-", 100, None),
        ("bytes=-50", -50, None),
        ("bytes=-999999999", 0, None),
        ("bytes=0-999999999", 0, None),
    ],
)
def test_ranges(film, asked, start, end):
    url, whole, _ = film
    answer = fetch(url, Range=asked)
    wanted = whole[start:end]
    first = start % len(whole)
    assert (answer.status_code, content_of(answer)) == (206, wanted)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(wanted) - 1}/{len(whole)}"
    assert answer.headers["Content-Length"] == str(len(wanted))


@pytest.mark.parametrize(
    "asked", ["bytes=0-1,5-9", "bytes=9-5", "items=0-5", "bytes=-", "bytes=a-b", "bytes 0-5"]
)
def test_what_is_no_single_range_is_the_whole(film, asked):
    url, whole, _ = film
    answer = fetch(url, Range=asked)
    assert (answer.status_code, content_of(answer)) == (200, whole)


@pytest.mark.parametrize("asked", ["bytes=999999999-", "bytes=-0"])
def test_a_range_behind_the_end_is_416(film, asked):
    url, whole, _ = film
    answer = fetch(url, Range=asked)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{len(whole)}")
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert answer.json()["code"] == "invalid"


def test_if_range_gives_the_part_of_the_same_file_only(film):
    url, whole, etag = film
    assert content_of(fetch(url, Range="bytes=0-9", **{"If-Range": etag})) == whole[:10]
    for other in ('"other"', f"W/{etag}", "Tue, 24 Nov 2026 18:00:00 GMT"):
        assert content_of(fetch(url, Range="bytes=0-9", **{"If-Range": other})) == whole


def test_who_has_the_file_is_told_so_if_they_may_still_have_it(ruth, amos, group, sent):
    url = url_for(amos, group)
    etag = fetch(url).headers["ETag"]
    kept = fetch(url, **{"If-None-Match": f'"x", {etag}'})
    assert (kept.status_code, kept.content, kept.headers["ETag"]) == (304, b"", etag)
    tombstone(sent["id"])
    assert fetch(url, **{"If-None-Match": etag}).status_code == 404


def test_head_says_the_same_without_the_file(film):
    from django.test import Client

    url, whole, etag = film
    answer = Client().head(url)
    assert (answer.status_code, answer.headers["Content-Length"], answer.headers["ETag"]) == (
        200,
        str(len(whole)),
        etag,
    )
    assert answer.content == b""
