"""Predicates without a query."""

from uuid import uuid4

import pytest

from messaging.rules import is_bible_reference, request_digests, same_digest
from messaging.schemas.messages import SendMessage


@pytest.mark.parametrize(
    "text", ["John 3:16", "Psalm 23", "1 Corinthians 13:4-7", "Genesis 1:1 - 2:3", "Jude 1:3", "Song of Solomon 2:1",
             "Psalm 119:176", "Rev 22:21", "John 3:16\u201318"]
)  # fmt: skip
def test_a_real_reference_is_one(text):
    assert is_bible_reference(text)


@pytest.mark.parametrize(
    "text", ["", "John", "John 99:1", "Psalm 151", "Hezekiah 1:1", "3:16", "see John", "John 3:999", "\0"]
)
def test_anything_else_is_none(text):
    assert not is_bible_reference(text)


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
