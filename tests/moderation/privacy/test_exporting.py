"""What a copy of somebody's data holds, and what it must not."""

import io
import json
import re
from zipfile import ZipFile

import pytest
from django.core.management import CommandError, call_command

from messaging.models import Message, Participant
from moderation.models import AuditEntry
from moderation.privacy import pages
from moderation.privacy.exporting import write_export
from moderation.privacy.registry import TRACES
from moderation.privacy.subject import whole
from tests.messaging.actors import actor
from tests.moderation.privacy.life import ADDRESS, CANARY, FILE, live

pytestmark = pytest.mark.django_db(transaction=True)


def exported(user) -> dict[str, bytes]:
    target = io.BytesIO()
    write_export(user.pk, target)
    with ZipFile(target) as archive:
        assert archive.testzip() is None
        return {name: archive.read(name) for name in archive.namelist()}


@pytest.fixture
def life():
    return live()


@pytest.fixture
def files(life):
    return exported(life.user)


def rows(files, table):
    return json.loads(files[f"data/{table}.json"])


def test_every_table_is_there_whole(life, files):
    subject = whole(life.user.pk)
    shown = [trace for trace in TRACES if trace.shown]
    counts = {trace.table: 0 for trace in shown}
    for trace in shown:
        counts[trace.table] += trace.rows(subject).count()
    assert {table: len(rows(files, table)) for table in counts} == counts
    assert [table for table, count in counts.items() if not count] == ["erasure_request"]


def test_every_word_of_theirs_is_there_the_anonymous_and_the_old_ones_too(life, files):
    texts = {row["content"] for row in rows(files, "message")}
    hers = Message.objects.using("owner").filter(content__icontains=CANARY)
    assert texts >= set(hers.values_list("content", flat=True))
    assert {f"{CANARY} confesses", f"{CANARY} unseen", f"{CANARY} better"} <= texts
    assert f"{CANARY} first" in {row["content"] for row in rows(files, "message_revision")}
    assert {row["title"] for row in rows(files, "prayer")} == {f"For {CANARY}"}
    assert rows(files, "accounts_user")[0]["email"] == ADDRESS


def test_what_was_written_in_conversations_they_left_is_there_and_others_words_are_not():
    ruth, amos, lydia = (actor(name) for name in ("Ruth", "Amos", "Lydia"))
    room = amos.group(ruth, lydia)
    ruth.say(room, "I was here")
    amos.say(room, "Secret of Amos")
    ruth.ok("DELETE", f"conversations/{room}/members/{ruth.member_id(room)}/")
    files = exported(ruth.user)
    assert [row["content"] for row in rows(files, "message")] == ["I was here"]
    assert b"Secret of Amos" not in b"".join(files.values())


def test_others_words_are_there_as_they_are_seen_today(life, files):
    amos = life.friends[0]
    hidden = amos.say(life.group, "Taken back by Amos")
    amos.ok("DELETE", f"conversations/{life.group}/messages/{hidden['seq']}/?scope=all")
    talk = json.loads(exported(life.user)[f"conversations/{life.group}.json"])
    contents = [message.get("content") for message in talk["messages"]]
    assert "Welcome" in contents
    assert "Taken back by Amos" not in contents
    assert "Whatever" not in contents  # deleted for herself
    assert [message["seq"] for message in talk["messages"]] == list(range(1, len(contents) + 1))


def test_nobody_behind_somebody_anonymous_is_named():
    """A reader of the file learns no more than a reader of the interface."""
    ruth, amos, lydia, naomi = (actor(name) for name in ("Ruth", "Amos", "Lydia", "Naomi Wintergreen"))
    circle = naomi.group(ruth, amos, lydia, is_anonymous=True)
    naomi.say(circle, "unseen")
    crowd = amos.group(ruth, lydia, naomi)
    naomi.say(crowd, "confessed", is_anonymous=True)
    prayer = naomi.ok("POST", "prayers/", {"title": "Rain", "body": "Send it", "is_anonymous": True})["id"]
    ruth.ok("POST", f"prayers/{prayer}/conversation/", {"content": "Let us talk"})
    about_prayer = Participant.objects.using("owner").get(user=naomi.user, conversation__prayer_id=prayer)
    files = exported(ruth.user)
    silent = [raw for name, raw in files.items() if name.startswith("data/")]
    for conversation in (circle, about_prayer.conversation_id):
        silent += [files[f"conversations/{conversation}.{ending}"] for ending in ("json", "html")]
    written = b"".join(silent).decode()
    assert "unseen" in written
    assert naomi.id not in written
    assert "Naomi" not in written
    # In the crowd she is a named member like any other; her anonymous word there isn't hers.
    told = json.loads(files[f"conversations/{crowd}.json"])["messages"][0]
    assert (told["content"], told["sender"], told["sender_name"]) == ("confessed", None, "Someone")


def test_nobody_of_the_staff_is_named(life, files):
    """Lydia wrote the notes and decided."""
    about = b"".join(
        files[f"data/{table}.json"] for table in ("sanction", "appeal", "report", "django_admin_log")
    )
    lydia = life.friends[1]
    assert lydia.id.encode() not in about
    assert not [name for name in files if re.search("case|evidence|audit|/decision", name)]


def test_secrets_are_not_in_it(life, files):
    everything = b"".join(files.values())
    assert life.user.password.encode() not in everything
    assert b"push.invalid" not in everything


def test_files_of_theirs_are_in_it_once_however_often_they_were_sent(life, files):
    stored = [name for name in files if name.startswith("files/")]
    assert len(stored) == 3
    assert {files[name] for name in stored} == {FILE}
    assert set(rows(files, "files").values()) == set(stored)
    assert all(name.endswith(".png") for name in stored)


def test_pages_can_be_read_and_run_nothing(life):
    amos = life.friends[0]
    amos.say(life.group, "<script>alert(1)</script> & more")
    files = exported(life.user)
    page = files[f"conversations/{life.group}.html"].decode()
    assert "&lt;script&gt;alert(1)&lt;/script&gt; &amp; more" in page
    html = b"".join(raw for name, raw in files.items() if name.endswith(".html"))
    assert not re.search(rb"<script|http:|https:|src=|onerror", html)
    links = re.findall(r'href="([^"]+)"', files["index.html"].decode())
    assert len(links) > 20
    assert [link for link in links if link not in files] == []


def test_every_file_of_data_has_a_name_for_people():
    assert sorted(pages.LABELS) == sorted({trace.table for trace in TRACES if trace.shown})


def test_command_writes_the_same_and_keeps_it_to_its_owner(life, tmp_path):
    out, file = io.StringIO(), tmp_path / "zephyrine.zip"
    call_command("export_user", ADDRESS, "--output", str(file), "--json", stdout=out)
    said = json.loads(out.getvalue())
    assert said == {"person": life.person.id, "file": str(file), "size": file.stat().st_size}
    assert file.stat().st_mode & 0o777 == 0o600
    with ZipFile(file) as archive:
        assert "index.html" in archive.namelist()
    assert not list(tmp_path.glob(".zephyrine*"))
    entry = AuditEntry.objects.using("owner").latest("number")
    assert (entry.action, entry.subject_kind) == ("privacy.export_made", "person")


def test_command_refuses_wrong_use(life, tmp_path):
    for arguments, status in (
        (("nobody@example.com", "--output", str(tmp_path / "x.zip")), 1),
        ((ADDRESS, "--output", "/nowhere/x.zip"), 2),
        ((ADDRESS, "--output", str(tmp_path)), 2),
    ):
        with pytest.raises(CommandError) as error:
            call_command("export_user", *arguments)
        assert error.value.returncode == status
