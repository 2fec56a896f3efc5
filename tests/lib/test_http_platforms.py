"""A User-Agent becomes one word."""

import pytest

from prayermap.lib.http.platforms import platform_of


@pytest.mark.parametrize(
    ("user_agent", "platform"),
    [
        ("Mozilla/5.0 (Linux; Android 6.0.1; SM-J500FN) AppleWebKit/537.36", "android"),
        ("okhttp/4.12.0 (Android 9)", "android"),
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 17_5 like Mac OS X) AppleWebKit/605.1.15", "ios"),
        ("PrayerMap/3 CFNetwork/1494.0.7 Darwin/23.4.0", "ios"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36", "windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 10_15_7) AppleWebKit/605.1.15", "macos"),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0", "linux"),
        ("curl/8.5.0", "other"),
        ("", "other"),
        ("x" * 100_000 + "android", "other"),
    ],
)
def test_one_word_for_each(user_agent, platform):
    assert platform_of(user_agent) == platform
