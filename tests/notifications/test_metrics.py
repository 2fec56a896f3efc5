"""/metrics tells how delivery fares."""

import pytest
from django.test import Client

from tests.messaging.lines import owner
from tests.notifications.delivering import deliver, subscribe

pytestmark = pytest.mark.django_db(transaction=True)


def metrics() -> dict[str, float]:
    text = Client().get("/metrics").content.decode()
    lines = [line for line in text.splitlines() if line.startswith("prayermap_notifications")]
    return {name: float(value) for name, _, value in (line.rpartition(" ") for line in lines)}


def test_what_waits_and_how_it_ended(ruth, amos, lydia, service):
    room = ruth.group(amos, lydia)
    subscribe(amos, service)
    ruth.say(room)
    owner("UPDATE notification SET push_due_at = now() - interval '1 minute' WHERE push_due_at IS NOT NULL")
    before = metrics()
    assert before['prayermap_notifications_waiting{queue="undecided"}'] == 2
    assert 60 <= before['prayermap_notifications_oldest_seconds{queue="undecided"}'] < 70
    assert before['prayermap_notifications_waiting{queue="push"}'] == 0
    service.script["/amos"] = [410]
    deliver()
    after = metrics()
    assert after['prayermap_notifications_waiting{queue="undecided"}'] == 0
    ended = {name: value for name, value in after.items() if name.startswith("prayermap_notifications_ended")}
    assert ended == {
        'prayermap_notifications_ended_total{channel="push",outcome="dropped",reason="no_device"}': 1,
        'prayermap_notifications_ended_total{channel="push",outcome="failed",reason="device_gone"}': 1,
    }
