"""A backup from before an erasure is restored; the ledger says whom to erase again."""

import json
from io import StringIO

import psycopg
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import connections

from accounts.models import User
from moderation.privacy.preview import left_of
from moderation.privacy.scanning import find_words
from moderation.privacy.subject import whole
from tests.messaging.actors import actor
from tests.moderation.privacy.life import CANARY, FILE, erase, live, words_of_others
from tests.support.database import _conninfo, _limit_waiting, disconnect_everybody

pytestmark = pytest.mark.django_db(transaction=True)


class Backup:
    """A copy of the whole database, taken now, which may take its place later."""

    def __init__(self) -> None:
        self.name = connections["owner"].settings_dict["NAME"]
        self._with_nobody_connected(f'CREATE DATABASE "{self.name}_backup" TEMPLATE "{self.name}"')

    def restore(self) -> None:
        self._with_nobody_connected(
            f'ALTER DATABASE "{self.name}" RENAME TO "{self.name}_lost"',
            f'ALTER DATABASE "{self.name}_backup" RENAME TO "{self.name}"',
        )
        _limit_waiting()

    def remove(self) -> None:
        self._with_nobody_connected(
            f'DROP DATABASE IF EXISTS "{self.name}_backup"', f'DROP DATABASE IF EXISTS "{self.name}_lost"'
        )

    def _with_nobody_connected(self, *statements: str) -> None:
        disconnect_everybody(self.name)
        with psycopg.connect(_conninfo(), dbname="postgres", autocommit=True) as connection:
            for statement in statements:
                connection.execute(statement.encode())


@pytest.fixture
def backup():
    made: list[Backup] = []

    def take() -> Backup:
        made.append(Backup())
        return made[-1]

    yield take
    for one in made:
        one.remove()


def replay(*more: str) -> dict:
    out = StringIO()
    call_command("purge_user", "--replay-ledger", "--json", *more, stdout=out)
    return json.loads(out.getvalue())


def test_somebody_erased_comes_back_with_a_backup_and_the_ledger_erases_them_again(backup):
    life = live()
    taken = backup()
    files = dict.fromkeys(life.files, FILE)
    others = words_of_others(life)
    erase(life.user)
    assert find_words([CANARY]) == []
    taken.restore()
    for name, content in files.items():  # the files' backup as well
        default_storage.save(name, ContentFile(content))
    assert len(find_words([CANARY])) > 8
    assert replay("--dry-run") == {"erased_again": 1, "held": 0, "nothing_to_do": 0}
    assert User.objects.get(pk=life.user.pk).email == life.user.email
    assert replay() == {"erased_again": 1, "held": 0, "nothing_to_do": 0}
    assert find_words([CANARY]) == []
    assert left_of(whole(life.user.pk)) == {}
    assert [name for name in files if default_storage.exists(name)] == []
    assert words_of_others(life) == others
    assert replay() == {"erased_again": 0, "held": 0, "nothing_to_do": 1}


def test_backup_from_the_middle_of_an_erasure_is_finished_by_the_ledger(backup):
    life = live()
    erase(life.user, at_once=False)
    taken = backup()
    erase(life.user)
    taken.restore()
    assert find_words([CANARY]) != []
    assert replay() == {"erased_again": 1, "held": 0, "nothing_to_do": 0}
    assert find_words([CANARY]) == []


def test_somebody_who_was_not_there_yet_needs_nothing(backup):
    taken = backup()
    erase(actor("Haman").user)
    taken.restore()
    assert replay() == {"erased_again": 0, "held": 0, "nothing_to_do": 1}


def test_whoever_took_the_request_back_is_not_erased_by_the_ledger():
    person = actor("Ruth")
    person.ok("POST", "me/erasure/", {})
    person.ok("DELETE", "me/erasure/")
    assert replay() == {"erased_again": 0, "held": 0, "nothing_to_do": 0}
    assert person.get("me/").status == 200
