"""What push services answer: gone devices go, patience is had, nobody is waited for, nothing inside is reached."""

import time

import pytest

from notifications.services import egress
from notifications.services.egress import Post, post_all
from notifications.services.pushing import send_pushes
from tests.messaging.lines import owner
from tests.notifications.delivering import deliver, later, opened, options, subscribe, waiting, why
from tests.notifications.push_service import Dripping

pytestmark = pytest.mark.django_db(transaction=True)


def devices(person):
    return [row["service"] for row in person.ok("GET", "devices/")["results"]]


@pytest.mark.parametrize("status", [404, 410])
def test_gone_subscription_is_removed(ruth, amos, service, status):
    room = ruth.direct(amos)
    subscribe(amos, service, "/old")
    subscribe(amos, service, "/new")
    service.script["/old"] = [status]
    ruth.say(room)
    deliver()
    assert (devices(amos), waiting()) == (["127.0.0.1"], 0)
    assert set(why(amos)) == {("push", "sent", "due"), ("push", "failed", "device_gone")}
    ruth.say(room)
    deliver(later(1_000))
    assert (len(service.to("/old")), len(service.to("/new"))) == (1, 2)


def test_too_large_is_sent_again_without_the_preview(ruth, amos, service):
    room = ruth.direct(amos)
    browser = subscribe(amos, service)
    options(amos, previews=True)
    service.script["/amos"] = [413]
    ruth.say(room, "long")
    deliver()
    first, second = opened(browser, service.to("/amos"))
    assert (first["preview"], "preview" in second) == ("long", False)
    assert ("push", "sent", "due") in why(amos)


def test_too_large_without_a_preview_is_given_up(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [413, 413]
    ruth.say(room)
    deliver()
    assert (len(service.pushes), waiting(), devices(amos)) == (2, 0, ["127.0.0.1"])
    assert ("push", "failed", "too_large") in why(amos)


def test_patience_is_had_as_long_as_is_asked_for(ruth, amos, service):
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [(429, {"Retry-After": "600"})]
    ruth.say(room)
    deliver()
    assert why(amos) == [("push", "held", "rate_limited")]
    deliver(later(590))
    assert len(service.pushes) == 1
    deliver(later(640))
    assert (len(service.pushes), waiting()) == (2, 0)


def test_patience_holds_for_everything_that_waits_for_the_device(ruth, amos, lydia, service):
    first, second = ruth.direct(amos), lydia.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [(429, {"Retry-After": "600"})]
    ruth.say(first)
    deliver()
    lydia.say(second)
    # The second waits behind the first as soon as it has been refused as well; a new one is tried once.
    deliver()
    assert len(service.pushes) <= 2
    assert owner("SELECT min(due_at) > now() + interval '500 seconds' AS waits FROM push_delivery")[0].waits


@pytest.mark.parametrize(
    "value", ["Wed, 21 Oct 2015 07:28:00 GMT", "soon", "-5", "9" * 40, "", "1.5", "\u00b2"]
)
def test_any_retry_after_is_understood_or_passed_by(value):
    found = egress._retry_after(value)
    assert found is None or 0 <= found <= 10**9


def test_silent_service_is_tried_again_later_and_then_given_up(ruth, amos, service, monkeypatch):
    monkeypatch.setattr(egress, "DEADLINE_S", 0.3)
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [2.0] * 10
    ruth.say(room)
    deliver()
    assert why(amos) == [("push", "held", "unreachable")]
    for hours in range(1, 10):
        deliver(later(hours * 3 * 3_600))
    assert (len(service.pushes), waiting()) == (8, 0)
    assert ("push", "failed", "unreachable") in why(amos)


@pytest.mark.parametrize("status", [500, 503])
def test_service_in_trouble_is_tried_again(ruth, amos, service, status):
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [status, status]
    ruth.say(room)
    deliver()
    deliver(later(60))
    deliver(later(400))
    assert (len(service.pushes), waiting()) == (3, 0)
    assert ("push", "sent", "due") in why(amos)


@pytest.mark.parametrize("status", [400, 401, 403, 302])
def test_refusal_is_not_repeated_and_ten_in_a_row_remove_the_device(ruth, amos, service, status):
    room = ruth.direct(amos)
    subscribe(amos, service)
    service.script["/amos"] = [(status, {"Location": service.url("/elsewhere")})] * 10
    ruth.say(room)
    for round_ in range(10):
        owner("UPDATE notification SET push_due_at = now(), pushed_at = NULL WHERE read_at IS NULL")
        assert devices(amos) == ["127.0.0.1"]
        deliver(later(round_ * 1_000))
    assert (len(service.to("/amos")), service.to("/elsewhere"), devices(amos)) == (10, [], [])


def test_slow_neighbour_holds_up_nobody_for_long(ruth, amos, lydia, service, monkeypatch):
    monkeypatch.setattr(egress, "DEADLINE_S", 1.0)
    room = ruth.group(amos, lydia)
    subscribe(amos, service)
    subscribe(lydia, service)
    service.script["/amos"] = [10.0]
    ruth.say(room)
    begun = time.monotonic()
    deliver()
    assert time.monotonic() - begun < 5
    assert (len(service.to("/lydia")), waiting()) == (1, 1)


def test_host_that_drips_is_cut_off_in_time(monkeypatch):
    monkeypatch.setattr(egress, "DEADLINE_S", 1.0)
    dripping = Dripping()
    begun = time.monotonic()
    (answer,) = post_all([Post(f"{dripping.origin}/x", {}, b"x")], to_loopback=True)
    took = time.monotonic() - begun
    dripping.stop()
    assert (answer.status, took < 3) == (0, True)


def test_endless_answer_is_not_read(service):
    service.script["/long"] = [(201, {"Content-Length": str(10**12)})]
    (answer,) = post_all([Post(service.url("/long"), {}, b"x")], to_loopback=True)
    assert answer.status == 201


@pytest.mark.parametrize(
    "url",
    [
        "https://127.0.0.1/", "https://[::1]/", "https://10.1.2.3/", "https://169.254.169.254/latest",
        "http://example.org/", "https://localhost/", "ftp://example.org/", "https://0.0.0.0/", "https://[fd00::1]/",
        "https://100.64.0.1/", "https://192.168.1.1:8080/", "https://2130706433/", "nonsense",
    ],
)  # fmt: skip
def test_nothing_inside_is_asked(url):
    assert post_all([Post(url, {}, b"x")], to_loopback=False) == [egress.Answer(0, is_refused=True)]


def test_name_that_leads_inside_is_not_followed(monkeypatch):
    """Looked up once, by the connector itself: what was judged is what is connected to."""
    import socket

    asked = []

    def lookup(host, port, *args, **kwargs):
        asked.append(host)
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("127.0.0.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", lookup)
    (answer,) = post_all([Post("https://push.example.org/x", {}, b"x")], to_loopback=False)
    assert (answer.status, asked) == (0, ["push.example.org"])


def test_device_of_a_host_inside_is_removed_when_it_is_found_out(ruth, amos, service, settings):
    room = ruth.direct(amos)
    subscribe(amos, service)
    settings.PUSH_TO_LOOPBACK = False
    ruth.say(room)
    deliver()
    assert (service.pushes, devices(amos), waiting()) == ([], [], 0)
    assert why(amos) == [("push", "failed", "refused")]


def test_claim_that_ran_out_is_taken_by_another_worker(ruth, amos, service):
    from notifications.services.pushing import _claim
    from notifications.services.routing import route_due

    room = ruth.direct(amos)
    subscribe(amos, service)
    ruth.say(room)
    route_due(now=later())
    assert len(_claim(later())) == 1  # and then it was killed
    assert send_pushes(now=later(20)) == 0
    assert send_pushes(now=later(80)) == 1
    assert (len(service.pushes), waiting()) == (1, 0)
