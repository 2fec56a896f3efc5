"""Keyed digests of requests."""

from uuid import uuid4

from messaging.schemas.messages import SendMessage
from prayermap.lib.digests import request_digests, same_digest


def body(**more):
    return SendMessage(type="text", content="x", **more)


def test_equal_requests_have_equal_digests_and_others_not():
    user, room = uuid4(), uuid4()
    first = request_digests(user, room, body())
    assert first == request_digests(user, room, body())
    others = [
        request_digests(uuid4(), room, body()),
        request_digests(user, uuid4(), body()),
        request_digests(user, room, body(reply_to=1)),
        request_digests(user, room, body(is_anonymous=True)),
        request_digests(user, room, SendMessage(type="text", content="y")),
    ]
    assert len({first[0], *(digests[0] for digests in others)}) == 6


def test_a_digest_of_the_key_before_is_still_known(settings):
    user, room = uuid4(), uuid4()
    stored = request_digests(user, room, body())[0]
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "another-key-" + "1" * 50
    digests = request_digests(user, room, body())
    assert (len(digests), digests[0] != stored, same_digest(stored, digests)) == (2, True, True)
