"""`purge_user` and `verify_erasure`, as an operator uses them."""

import json
from datetime import timedelta
from io import StringIO

import pytest
from django.core.management import CommandError, call_command

from messaging.models import Message
from moderation.models import ErasureRequest, LegalHold
from moderation.privacy import certificate, erasing
from moderation.privacy.erasing import LATEST
from moderation.privacy.preview import left_of
from moderation.privacy.subject import named_part, whole
from prayermap.lib.times import utc_now
from tests.messaging.actors import actor
from tests.moderation.privacy.life import ADDRESS, CANARY, live

pytestmark = pytest.mark.django_db(transaction=True)


def run(*arguments: str) -> str:
    out = StringIO()
    call_command(*arguments, stdout=out, stderr=StringIO())
    return out.getvalue()


def refused(*arguments: str) -> tuple[int, str]:
    with pytest.raises(CommandError) as error:
        run(*arguments)
    return error.value.returncode, str(error.value)


@pytest.fixture
def life():
    return live()


@pytest.fixture
def a_day_later(monkeypatch):
    moment = utc_now() + LATEST + timedelta(minutes=5)

    def move() -> None:
        for module in (erasing, certificate):
            monkeypatch.setattr(module, "utc_now", lambda: moment)

    return move


def test_dry_run_counts_and_changes_nothing(life):
    before = left_of(whole(life.user.pk))
    said = json.loads(run("purge_user", ADDRESS, "--dry-run", "--json"))
    assert said == {"person": life.person.id, "would_erase": before}
    assert f"{sum(before.values()):,}  rows would be erased; nothing was." in run(
        "purge_user", ADDRESS, "--dry-run"
    )
    assert left_of(whole(life.user.pk)) == before
    assert not ErasureRequest.objects.using("owner").exists()


def test_certificate_lists_what_went_what_stays_and_holds_when_it_is_verified(life, tmp_path, a_day_later):
    file = str(tmp_path / "certificate.json")
    before = left_of(whole(life.user.pk))
    run("purge_user", ADDRESS, "--certificate", file)
    assert "Anonymous traces have time until" in run("verify_erasure", file)
    a_day_later()
    run("purge_user", life.person.id, "--certificate", file)
    issued = json.loads((tmp_path / "certificate.json").read_text())
    assert (issued["person"], issued["state"], issued["origin"]) == (life.person.id, "done", "officer")
    assert {table: issued["erased"][table] for table in ("message", "accounts_user", "prayer")} == {
        table: before[table] for table in ("message", "accounts_user", "prayer")
    }
    assert {"table", "rows", "columns"} == issued["kept"][0].keys()
    assert CANARY not in json.dumps(issued).lower()
    assert run("verify_erasure", file) == "The certificate holds: nothing is left but what it lists.\n"
    assert json.loads(run("verify_erasure", file, "--json", "--word", ADDRESS)) == {
        "person": life.person.id,
        "findings": [],
    }


def test_first_certificate_does_not_count_what_is_anonymous(life, tmp_path):
    """Who watched it grow could tell whose it was."""
    named = left_of(named_part(life.user.pk))["message"]
    said = json.loads(run("purge_user", ADDRESS, "--json"))
    assert (said["state"], said["erased"]["message"]) == ("settling", named)
    assert "message_author" not in said["erased"]


def test_verification_finds_what_is_left_whatever_the_registry_says(life, tmp_path, a_day_later):
    file = str(tmp_path / "certificate.json")
    run("purge_user", ADDRESS)
    a_day_later()
    run("purge_user", life.person.id, "--certificate", file)
    message = Message.objects.using("owner").filter(state="live").first()
    Message.objects.using("owner").filter(pk=message.pk).update(
        content=f"as {ADDRESS} said, {life.person.id}"
    )
    assert refused("verify_erasure", file) == (1, "The certificate does not hold.")
    out = StringIO()
    with pytest.raises(CommandError):
        call_command("verify_erasure", file, "--word", ADDRESS, stdout=out)
    assert out.getvalue().splitlines() == [
        "the account's id: message.content (1 rows)",
        f"the word '{ADDRESS}': message.content (1 rows)",
    ]


def test_changed_certificate_is_recognised(life, tmp_path):
    file = tmp_path / "certificate.json"
    run("purge_user", ADDRESS, "--certificate", str(file))
    file.write_text(file.read_text().replace('"message": ', '"message": 9'))
    assert refused("verify_erasure", str(file))[0] == 1
    file.write_text("{}")
    assert refused("verify_erasure", str(file))[0] == 2
    assert refused("verify_erasure", str(tmp_path / "none.json"))[0] == 2


def test_certificate_of_a_server_whose_key_was_changed_is_still_genuine(life, tmp_path, settings):
    file = str(tmp_path / "certificate.json")
    run("purge_user", ADDRESS, "--certificate", file)
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "n" * 50, [settings.SECRET_KEY]
    run("verify_erasure", file)
    settings.SECRET_KEY_FALLBACKS = []
    assert refused("verify_erasure", file)[0] == 1


def test_wrong_use_has_status_two(life):
    assert refused("purge_user")[0] == 2
    assert refused("purge_user", ADDRESS, "--replay-ledger")[0] == 2
    assert refused("purge_user", ADDRESS, "--certificate", "/nowhere/certificate.json")[0] == 2
    assert life.person.get("me/").status == 200


def test_nobody_and_somebody_held_have_status_one(life):
    assert refused("purge_user", "nobody@example.com")[0] == 1
    LegalHold.objects.using("owner").create(user=life.user, reason="order 7", placed_at=utc_now())
    assert refused("purge_user", ADDRESS) == (1, "A legal hold keeps this person. Nothing was erased.")
    assert life.person.get("me/").status == 200


def test_again_is_nothing_more(life):
    first = json.loads(run("purge_user", ADDRESS, "--json"))
    second = json.loads(run("purge_user", life.person.id, "--json"))
    assert second == first
    assert refused("purge_user", ADDRESS)[0] == 1  # the address is nobody's any more


def test_request_of_the_person_is_brought_forward(life):
    life.person.ok("POST", "me/erasure/", {})
    said = json.loads(run("purge_user", ADDRESS, "--json"))
    assert (said["state"], said["origin"]) == ("settling", "person")


def test_somebody_without_any_trace_is_erased_as_well():
    person = actor("Haman")
    assert json.loads(run("purge_user", person.user.email, "--json"))["erased"]["accounts_user"] == 1
