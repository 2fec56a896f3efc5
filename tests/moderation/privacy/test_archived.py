"""What is in the archive is reached by whoever it concerns, and by whoever must remove it."""

import json
from datetime import date

import pytest
from django.core.files.storage import default_storage
from django.core.management import call_command

from messaging.models import Message
from moderation.privacy.preview import left_of
from moderation.privacy.scanning import find_words
from moderation.privacy.subject import whole
from prayermap.lib.times import utc_now
from tests.messaging.lines import owner
from tests.moderation.old_months import old_months, say_it_was, schemas_of
from tests.moderation.privacy.life import CANARY, Life, erase, live, words_of_others
from tests.moderation.privacy.test_exporting import exported
from tests.moderation.privacy.test_residue import stored_files

pytestmark = pytest.mark.django_db(transaction=True)
JUNE, JULY = date(2020, 6, 1), date(2020, 7, 1)


@pytest.fixture
def life():
    """All that was said in her conversations was said long ago, in two months, and both are archived."""
    life = live()
    with old_months(JUNE, JULY):
        for room in (life.group, life.crowd):
            say_it_was(JUNE, room)
        for room in (life.direct, life.circle, life.alone):
            say_it_was(JULY, room)
        for month in (JUNE, JULY):
            owner("SELECT archive_message_month(%s, %s)", month, utc_now())
            assert schemas_of(month) == {"archive"}
        yield life


def archived_rows(table: str) -> int:
    return sum(
        owner(f"SELECT count(*) AS n FROM archive.{table}_{month:%Y_%m}")[0].n for month in (JUNE, JULY)
    )


def test_an_erasure_reaches_the_archive(life):
    found = {(hit.table, hit.column) for hit in find_words([CANARY])}
    assert {("message", "content"), ("message", "payload"), ("message_revision", "content")} <= found
    assert archived_rows("message_revision") == archived_rows("reaction") == 1
    others = words_of_others(life)
    assert erase(life.user).state == "done"
    assert left_of(whole(life.user.pk)) == {}
    assert find_words([CANARY]) == []
    assert stored_files() == []
    assert words_of_others(life) == others
    assert archived_rows("message_revision") == archived_rows("reaction") == 0
    assert {schemas_of(month) == {"archive"} for month in (JUNE, JULY)} == {True}
    call_command("check_health", deep=True)


def test_a_copy_of_somebodys_data_holds_what_they_said_in_the_archive(life):
    files = exported(life.user)
    texts = {row["content"] for row in json.loads(files["data/message.json"])}
    hers = Message.objects.using("owner").filter(content__icontains=CANARY)
    assert texts >= set(hers.values_list("content", flat=True)) > {f"I am {CANARY}", f"{CANARY} confesses"}


def path(life: Life, content: str) -> str:
    row = Message.objects.using("owner").get(conversation=life.group, content=content)
    return f"conversations/{row.conversation_id}/messages/{row.seq}"


def test_one_s_own_message_in_the_archive_is_deleted_for_all(life):
    place = path(life, f"{CANARY} better")
    life.person.ok("DELETE", f"{place}/?scope=all")
    for reader in (life.person, life.friends[0]):
        seen = reader.ok("GET", f"{place}/")
        assert (seen["state"], seen["content"]) == ("deleted", None)
    assert archived_rows("message_revision") == 0
    # What a case has sealed is the case's.
    assert {hit.table for hit in find_words([f"{CANARY} better"])} == {"evidence"}


def test_what_is_in_the_archive_is_not_edited(life):
    place = path(life, f"{CANARY} better")
    assert life.person.patch(f"{place}/", {"content": "New"}).refusal == (403, "forbidden")
    assert life.person.ok("GET", f"{place}/")["content"] == f"{CANARY} better"


def test_members_react_star_and_flag_in_the_archive(life):
    amos, place = life.friends[0], path(life, f"{CANARY} better")
    amos.ok("PUT", f"{place}/reactions/%F0%9F%95%8A%EF%B8%8F/")
    amos.ok("PUT", f"{place}/star/")
    assert amos.ok("GET", f"{place}/")["is_starred"] is True
    assert life.person.ok("GET", f"{place}/")["reactions"][0]["count"] == 1
    assert amos.post(f"{place}/flag/", {"reason": "other"}).status < 300
    assert archived_rows("reaction") == 2


def test_a_newly_reached_mark_is_written_into_the_archive(life):
    """Lydia reads what was said long ago for the first time."""
    lydia = life.friends[1]
    before = archived_rows("delivery_status")
    lydia.ok("POST", f"conversations/{life.group}/receipts/", {"read": 3})
    assert archived_rows("delivery_status") > before


def test_a_file_is_kept_while_a_message_in_the_archive_carries_it_and_no_longer(life):
    row = Message.objects.using("owner").get(conversation=life.group, type="image")
    call_command("sweep_media", verbosity=0)
    names = owner(
        "SELECT b.storage_name AS name FROM attachment a JOIN media_blob b ON b.id = a.blob_id WHERE a.id = %s",
        row.attachment_id,
    )
    assert default_storage.exists(names[0].name)
    life.person.ok("DELETE", f"conversations/{life.group}/messages/{row.seq}/?scope=all")
    assert not default_storage.exists(names[0].name)
