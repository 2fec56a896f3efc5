"""Frames that our server writes without a wait are those that its library would write."""

import pytest
from websockets.frames import Frame, Opcode

from prayermap.lib.wire import short_text, writer_of


@pytest.mark.parametrize("length", [0, 1, 125, 126, 255, 256, 1_023, 65_535])
def test_a_frame_is_what_the_library_writes(length):
    data = b"x" * length
    assert short_text(data) == Frame(Opcode.TEXT, data).serialize(mask=False)


def test_a_server_without_the_offer_is_one_that_sockets_send_to_as_ever():
    assert writer_of({"type": "websocket"}) is None
    assert writer_of({"extensions": {"websocket.http.response": {}}}) is None
