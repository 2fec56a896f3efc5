"""docs/socket.md prints a whole session; a real server must answer it frame for frame."""

import pytest

from tests.docs.pages import blocks
from tests.docs.transcript import Replay, difference, parse

BOTH = ("daphne", "uvicorn")


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("kind", BOTH, indirect=True)
async def test_session_as_printed_is_what_the_server_says(server, circle, ruth, amos):
    (transcript,) = blocks("docs/socket.md", "transcript")
    await Replay(server, circle, {"Ruth": ruth, "Amos": amos}).run(transcript)


def test_every_client_frame_and_every_server_frame_stands_in_the_session():
    from messaging.schemas.frames import CLIENT_FRAMES, SERVER_FRAMES

    (transcript,) = blocks("docs/socket.md", "transcript")
    seen = {kind: " ".join(line.text for line in parse(transcript) if line.kind == kind) for kind in "><"}
    assert [name for name in CLIENT_FRAMES if f'"{name}"' not in seen[">"]] == []
    # A minute's wait each, or a state that one session can't reach.
    rare = {"auth.expiring", "message.updated"}
    assert [name for name in SERVER_FRAMES if f'"{name}"' not in seen["<"] and name not in rare] == []


@pytest.mark.parametrize(
    ("expected", "found", "is_same"),
    [
        ({"a": "<x>", "b": "<x>"}, {"a": "1", "b": "1"}, True),
        ({"a": "<x>", "b": "<x>"}, {"a": "1", "b": "2"}, False),
        ({"a": 1}, {"a": True}, False),
        ({"a": 1}, {"a": 1, "b": 2}, False),
        (["<time>"], ["2026-11-24T04:00:00Z"], True),
        (["<number>"], ["1"], False),
        ([1, 2], [1], False),
    ],
)
def test_comparison_misses_nothing(expected, found, is_same):
    assert (difference(expected, found, {}) is None) is is_same
