"""Devices over REST."""

from uuid import uuid4

import pytest

from accounts.services.sessions import begin_session
from notifications.services import vapid
from tests.messaging.actors import Actor, actor
from tests.messaging.lines import owner
from tests.notifications.browser import Browser

pytestmark = pytest.mark.django_db
ENDPOINT = "https://push.example.org/wpush/v2/abc"


def body(browser: Browser | None = None, **more):
    return (browser or Browser(ENDPOINT)).subscription | more


def test_subscription_is_registered_once(ruth):
    browser = Browser(ENDPOINT)
    first = ruth.post("devices/", body(browser, device_id="laptop", expirationTime=None))
    assert first.status == 201
    made = dict(first.body)
    assert made.pop("created_at")
    assert made == {
        "id": first.body["id"], "device_id": "laptop", "service": "push.example.org", "last_success_at": None,
        "duplicate": False,
    }  # fmt: skip
    again = ruth.post("devices/", body(browser, device_id="phone"))
    assert (again.status, again.body["id"], again.body["duplicate"], again.body["device_id"]) == (
        200, made["id"], True, "phone",
    )  # fmt: skip
    (listed,) = ruth.ok("GET", "devices/")["results"]
    assert (listed["id"], "duplicate" in listed) == (made["id"], False)
    assert ENDPOINT not in str(ruth.ok("GET", "devices/"))


def test_device_is_forgotten(ruth, amos):
    made = ruth.ok("POST", "devices/", body())
    assert amos.delete(f"devices/{made['id']}/").refusal == (404, "not_found")
    assert ruth.delete(f"devices/{made['id']}/").status == 204
    assert ruth.delete(f"devices/{made['id']}/").refusal == (404, "not_found")
    assert ruth.ok("GET", "devices/")["results"] == []


def test_a_device_is_forgotten_by_the_address_that_its_browser_knows(ruth, amos):
    ruth.ok("POST", "devices/", body())
    address = {"endpoint": ENDPOINT}
    assert amos.call("DELETE", "devices/", address).refusal == (404, "not_found")
    assert ruth.call("DELETE", "devices/", {}).fields == ["endpoint"]
    assert ruth.call("DELETE", "devices/", address).status == 204
    assert ruth.call("DELETE", "devices/", address).refusal == (404, "not_found")
    assert ruth.ok("GET", "devices/")["results"] == []


def test_browser_goes_over_to_who_signs_in_there(ruth, amos):
    browser = Browser(ENDPOINT)
    ruth.ok("POST", "devices/", body(browser))
    assert amos.post("devices/", body(browser)).status == 201
    assert (ruth.ok("GET", "devices/")["results"], len(amos.ok("GET", "devices/")["results"])) == ([], 1)


def test_who_knows_the_address_only_takes_nothing_over(ruth, amos):
    ruth.ok("POST", "devices/", body(Browser(ENDPOINT)))
    assert amos.post("devices/", body(Browser(ENDPOINT))).refusal == (409, "conflict")
    assert len(ruth.ok("GET", "devices/")["results"]) == 1


def test_client_id_stands_for_one_subscription(ruth):
    browser, client_id = Browser(ENDPOINT), str(uuid4())
    assert ruth.post("devices/", body(browser, client_id=client_id)).status == 201
    assert ruth.post("devices/", body(browser, client_id=client_id)).status == 200
    other = Browser(f"{ENDPOINT}2")
    assert ruth.post("devices/", body(other, client_id=client_id)).refusal == (409, "client_id_reused")


@pytest.mark.parametrize(
    "endpoint",
    [
        "http://push.example.org/x", "https://10.0.0.1/x", "https://localhost.localdomain/x", "https://metadata.internal/",
        "https://[fe80::1]/x", "https://user:pass@push.example.org/x", "ftp://push.example.org/x", "push.example.org",
        "https://push.example.org/" + "x" * 2_048, "https://push.example.org/ü", "https://push.example.org/\n",
        "https:///x", "https://push/x", "https://[::ffff:127.0.0.1]/", "https://0x7f000001/", "",
    ],
)  # fmt: skip
def test_address_that_is_not_a_public_push_service_is_refused(ruth, settings, endpoint):
    settings.PUSH_TO_LOOPBACK = False
    answer = ruth.post("devices/", body() | {"endpoint": endpoint})
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["endpoint"])


@pytest.mark.parametrize("address", ["http://127.0.0.1:9/x", "http://localhost/x", "https://[::1]/x"])
def test_this_machine_is_a_push_service_in_tests_only(ruth, settings, address):
    assert ruth.post("devices/", body() | {"endpoint": address}).status == 201
    settings.PUSH_TO_LOOPBACK = False
    assert ruth.post("devices/", body() | {"endpoint": address + "y"}).fields == ["endpoint"]


@pytest.mark.parametrize(
    "change",
    [
        {"p256dh": "AAAA"},
        {"auth": "AAAA"},
        {"p256dh": "B" + "A" * 86},
        {"auth": "!" * 22},
        {"p256dh": "ü" * 20},
    ],
)
def test_keys_that_are_none_are_refused(ruth, change):
    given = body()
    answer = ruth.post("devices/", given | {"keys": given["keys"] | change})
    assert (answer.refusal, answer.fields) == ((400, "invalid"), ["keys"])


def test_twenty_devices_are_kept_those_that_answered_last(ruth, settings):
    settings.PUSH_DEVICES = 3
    made = [ruth.ok("POST", "devices/", body(Browser(f"{ENDPOINT}{number}")))["id"] for number in range(5)]
    assert [row["id"] for row in ruth.ok("GET", "devices/")["results"]] == made[:1:-1]


def test_devices_of_two_sessions_are_of_one_person():
    ruth = actor("Ruth")
    other = Actor(ruth.user)
    begin_session(user=ruth.user, device_id="", now=ruth.user.created_at)
    ruth.ok("POST", "devices/", body())
    assert len(other.ok("GET", "devices/")["results"]) == 1


@pytest.mark.django_db(transaction=True)
def test_key_of_the_server_is_a_point_and_404_where_there_is_none(ruth, settings, tmp_path):
    assert len(ruth.ok("GET", "notifications/vapid-key/")["key"]) == 87
    settings.VAPID_PRIVATE_KEY, settings.PRAYERMAP_DATA = "", tmp_path
    assert ruth.get("notifications/vapid-key/").refusal == (404, "not_found")
    settings.VAPID_PRIVATE_KEY = "nonsense"
    assert ruth.get("notifications/vapid-key/").refusal == (404, "not_found")
    vapid.forget()


@pytest.mark.django_db(transaction=True)
def test_outbox_and_devices_are_nobody_elses(ruth, amos):
    import psycopg

    from tests.messaging.lines import as_member, connect

    ruth.ok("POST", "devices/", body())
    connection = connect()
    try:
        assert as_member(connection, amos.id, "SELECT * FROM push_device") == []
        for table in ("push_delivery", "delivery_state", "delivery_tally"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                as_member(connection, ruth.id, f"SELECT * FROM {table}")
    finally:
        connection.close()
    assert owner("SELECT count(*) AS n FROM push_device")[0].n == 1
