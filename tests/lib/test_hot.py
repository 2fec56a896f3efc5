"""Settings that are looked at for each frame."""

from prayermap.lib.hot import hot


def test_they_follow_a_change(settings):
    assert hot.FRAME_BYTES == settings.FRAME_BYTES
    settings.FRAME_BYTES = 77
    assert hot.FRAME_BYTES == 77
