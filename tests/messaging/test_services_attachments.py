"""Files are let go with the last message that carries them, whoever does what at the same time."""

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier
from uuid import UUID, uuid4

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection, transaction

from messaging.services.attachments import release_attachments
from messaging.services.media_files import storage_name
from messaging.services.media_sweep import sweep_media
from prayermap.lib.acting import acting_as
from prayermap.lib.ids import uuid7_at
from prayermap.lib.times import utc_now
from tests.messaging.actors import new_id
from tests.messaging.attaching import send_file, status_of, stored_names, tombstone, upload
from tests.messaging.lines import owner

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def room(ruth, amos):
    return ruth.direct(amos)


def release(person, *messages) -> int:
    with acting_as(person.user):
        return release_attachments(messages=[UUID(message["id"]) for message in messages])


def rows() -> tuple[int, int]:
    """(attachments, files)."""
    ((attachments, blobs),) = owner(
        "SELECT (SELECT count(*) FROM attachment) AS rows, (SELECT count(*) FROM media_blob) AS files"
    )
    return attachments, blobs


def test_the_file_goes_with_its_message(ruth, room):
    sent = send_file(ruth, room, upload(ruth)["id"])
    assert (rows(), len(stored_names())) == ((1, 1), 2)
    tombstone(sent["id"])
    assert release(ruth, sent) == 1
    assert (rows(), stored_names()) == ((0, 0), [])
    assert release(ruth, sent) == 0
    assert status_of(sent["attachment"]["url"]) == 404


def test_a_file_that_was_sent_again_goes_with_the_last_message(ruth, amos, room):
    first = send_file(ruth, room, upload(ruth)["id"])
    second = send_file(ruth, room, first["attachment"]["id"])
    tombstone(first["id"])
    assert release(ruth, first) == 0
    assert (rows(), len(stored_names())) == ((1, 1), 2)
    assert [status_of(sent["attachment"]["url"]) for sent in (first, second)] == [404, 200]
    tombstone(second["id"])
    assert release(ruth, second) == 1
    assert stored_names() == []


def test_nothing_is_taken_from_live_messages_whoever_asks(ruth, amos, room):
    sent = send_file(ruth, room, upload(ruth)["id"])
    for person in (ruth, amos):
        assert release(person, sent) == 0
    owner("UPDATE message SET state = 'hidden' WHERE id = %s", sent["id"])
    assert release(ruth, sent) == 0
    assert (rows(), len(stored_names())) == ((1, 1), 2)
    owner(
        "UPDATE message SET state = 'live', expires_at = now() - interval '1 second' WHERE id = %s",
        sent["id"],
    )
    assert release(ruth, sent) == 1


def test_a_deletion_that_is_rolled_back_leaves_the_file(ruth, room):
    sent = send_file(ruth, room, upload(ruth)["id"])
    tombstone(sent["id"])
    with acting_as(ruth.user):
        release_attachments(messages=[UUID(sent["id"])])
        transaction.set_rollback(True)
    assert (rows(), len(stored_names())) == ((1, 1), 2)
    assert release(ruth, sent) == 1


def test_files_go_after_the_commit_not_before(ruth, room):
    sent = send_file(ruth, room, upload(ruth)["id"])
    tombstone(sent["id"])
    with acting_as(ruth.user):
        release_attachments(messages=[UUID(sent["id"])])
        assert len(stored_names()) == 2
    assert stored_names() == []


@pytest.mark.parametrize("_try", range(3))
def test_sending_again_and_deleting_at_once_never_lose_a_file(ruth, amos, room, _try):
    """Whoever comes first: a message that carries a file has it, and no file is left without one."""
    first = send_file(ruth, room, upload(ruth)["id"])
    ids = [new_id() for _ in range(4)]
    assert ruth.headers
    barrier = Barrier(5)

    def again(client_id):
        barrier.wait()
        try:
            body = {"type": "image", "attachment": first["attachment"]["id"], "client_id": client_id}
            return ruth.post(f"conversations/{room}/messages/", body)
        finally:
            connection.close()

    def delete():
        barrier.wait()
        try:
            tombstone(first["id"])
            return release(ruth, first)
        finally:
            connection.close()

    with ThreadPoolExecutor(5) as pool:
        sends = [pool.submit(again, client_id) for client_id in ids]
        deletion = pool.submit(delete)
        answers, released = [send.result() for send in sends], deletion.result()
    sent = [answer.body for answer in answers if answer.status == 201]
    assert all(answer.refusal == (400, "invalid") for answer in answers if answer.status != 201)
    assert len({message["attachment"]["id"] for message in sent}) == len(sent)
    assert [status_of(message["attachment"]["url"]) for message in sent] == [200] * len(sent)
    assert (released, len(stored_names()), rows()) == ((0, 2, (len(sent), 1)) if sent else (1, 0, (0, 0)))


def test_two_deletions_of_the_last_two_messages_at_once_take_the_file(ruth, amos, room):
    first = send_file(ruth, room, upload(ruth)["id"])
    second = send_file(ruth, room, first["attachment"]["id"])
    for sent in (first, second):
        tombstone(sent["id"])
    barrier = Barrier(2)

    def delete(sent):
        barrier.wait()
        try:
            return release(ruth, sent)
        finally:
            connection.close()

    with ThreadPoolExecutor(2) as pool:
        released = list(pool.map(delete, (first, second)))
    assert (sorted(released), rows(), stored_names()) == ([0, 1], (0, 0), [])


# --- the sweep ---------------------------------------------------------------------------------------
def sweep():
    return tuple(sweep_media(now=utc_now()))


def age(attachment: str) -> None:
    owner("UPDATE attachment SET created_at = now() - interval '25 hours' WHERE id = %s", attachment)


def test_uploads_that_no_message_took_are_forgotten_after_a_day(ruth, room):
    made, young = upload(ruth), upload(ruth)
    sent = send_file(ruth, room, upload(ruth)["id"])
    for attachment in (made["id"], sent["attachment"]["id"]):
        age(attachment)
    assert sweep() == (1, 0, [])
    assert [status_of(one["url"]) for one in (made, young, sent["attachment"])] == [404, 200, 200]
    assert sweep() == (0, 0, [])
    again = ruth.post(f"conversations/{room}/messages/", {"type": "image", "attachment": made["id"]})
    assert again.refusal == (400, "invalid")


def test_an_upload_that_is_scheduled_waits_for_its_time(ruth, room):
    made = upload(ruth)
    item = {"conversation": room, "type": "image", "attachment": made["id"], "client_id": new_id()}
    item["scheduled_at"] = (utc_now() + timedelta(days=3)).isoformat().replace("+00:00", "Z")
    ruth.ok("POST", "queue/", {"device_id": "phone", "items": [item]})
    age(made["id"])
    assert sweep() == (0, 0, [])
    assert status_of(made["url"]) == 200


def test_files_without_a_row_are_removed_when_they_are_old(ruth):
    made = upload(ruth)
    old = uuid7_at(int((utc_now() - timedelta(hours=30)).timestamp() * 1000))
    young = uuid7_at(int(utc_now().timestamp() * 1000))
    names = [storage_name(old), f"{storage_name(old)}.small", storage_name(young)]
    foreign = ["ab/notes.txt", "zz/other", f"ab/{uuid4()}.jpg"]
    for name in [*names, *foreign]:
        default_storage.save(name, ContentFile(b"x"))
    assert sweep() == (0, 2, [])
    assert status_of(made["url"]) == 200
    for name in foreign:
        assert default_storage.exists(name)
        default_storage.delete(name)
    assert storage_name(young) in stored_names()


def test_rows_without_a_file_are_told(ruth, room, capsys):
    sent = send_file(ruth, room, upload(ruth)["id"])
    owner("UPDATE media_blob SET created_at = now() - interval '25 hours'")
    whole, small = sorted(stored_names())
    default_storage.delete(small)
    assert sweep() == (0, 0, [small])
    default_storage.delete(whole)
    assert sweep()[:2] == (0, 0)
    assert whole in sweep()[2]
    with pytest.raises(CommandError, match="missing in the storage"):
        call_command("sweep_media")
    assert f"missing: {whole}" in capsys.readouterr().out
    tombstone(sent["id"])
    assert release(ruth, sent) == 1  # what is gone already is no error
    out = io.StringIO()
    call_command("sweep_media", "--json", stdout=out)
    assert out.getvalue() == '{"unsent": 0, "strays": 0, "missing": []}\n'


def test_the_sweep_goes_in_batches(ruth, monkeypatch):
    monkeypatch.setattr("messaging.services.media_sweep._BATCH", 2)
    for _ in range(5):
        age(upload(ruth)["id"])
    assert sweep() == (5, 0, [])
    assert (rows(), stored_names()) == ((0, 0), [])


def test_files_of_who_is_gone_are_removed(ruth):
    upload(ruth)
    owner("DELETE FROM attachment")
    owner("UPDATE media_blob SET created_at = now() - interval '25 hours'")
    assert sweep() == (1, 0, [])
    assert stored_names() == []
