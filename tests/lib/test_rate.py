"""Limits."""

import pytest

from prayermap.lib.errors import RateLimited
from prayermap.lib.rate import TokenBucket, hit


def test_a_bucket_gives_its_burst_and_then_its_rate():
    bucket = TokenBucket(burst=3, per_second=2)
    start = bucket._stamp
    assert [bucket.take(start) for _ in range(4)] == [0, 0, 0, 500]
    assert bucket.take(start + 0.25) == 250
    assert [bucket.take(start + 0.5), bucket.take(start + 0.5)] == [0, 500]
    assert [bucket.take(start + 100) for _ in range(4)] == [0, 0, 0, 500]


@pytest.mark.usefixtures("valkey")
def test_a_limit_counts_each_key_for_itself_and_says_how_long():
    for _ in range(3):
        hit("test", "a", "3/minute")
    hit("test", "b", "3/minute")
    with pytest.raises(RateLimited) as refused:
        hit("test", "a", "3/minute")
    assert 0 < refused.value.retry_after_ms <= 60_000


@pytest.mark.usefixtures("valkey")
def test_a_refused_try_is_not_counted():
    for _ in range(2):
        hit("test", "c", "2/second")
    for _ in range(5):
        with pytest.raises(RateLimited):
            hit("test", "c", "2/second")
