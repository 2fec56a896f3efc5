"""An account is erased because two moderators decided so, and a certificate proves it."""

import json
import subprocess
import sys

import pytest

from accounts.models import User
from moderation.privacy.certifying import certify_new
from tests.messaging.realtime.serving import ROOT, environment
from tests.moderation.cases import flag

pytestmark = pytest.mark.django_db(transaction=True)


def test_an_erasure_by_two_people_has_a_certificate_that_holds(ruth, amos, group, staff, served, tmp_path):
    case = flag(ruth, group, 1, reason="violence")
    miriam = staff("moderator", "Miriam").seat
    miriam.open(f"/admin/cases/{case.pk}/")
    miriam.press("Take this case")
    miriam.press("Erase the account (needs two)")
    statement = miriam.page.get_by_label("Whom it hits reads this:")
    miriam.page.get_by_label("Reason").wait_for()
    if statement.count():
        statement.fill("Two of us agreed.")
    miriam.press("Erase the account")
    assert miriam.said() == ["Proposed: a second person has to confirm it."]
    deborah = staff("senior moderator", "Deborah").seat
    deborah.page.get_by_role("link", name="Waiting for a second person").click()
    deborah.press("Erase the account")
    deborah.press("Confirm")
    assert deborah.said() == ["Confirmed."]
    file = tmp_path / "certificate.json"

    def manage(*arguments: str) -> str:
        command = [sys.executable, "manage.py", *arguments]
        env = environment(**served.settings)
        return subprocess.run(command, cwd=ROOT, env=env, check=True, capture_output=True, text=True).stdout

    manage("purge_user", amos.id, "--certificate", str(file))
    assert json.loads(file.read_text())["person"] == amos.id
    assert "The certificate holds" in manage("verify_erasure", str(file), "--word", amos.user.email)
    assert User.objects.get(pk=amos.user.pk).erased_at is not None
    assert ruth.ok("GET", f"conversations/{group}/messages/1/")["content"] is None

    assert certify_new() == 1  # as the worker does every five minutes
    nehemiah = staff("privacy officer", "Nehemiah").seat
    nehemiah.press("Privacy")
    with nehemiah.page.expect_download() as download:
        nehemiah.page.get_by_role("link", name="Certificate so far of").click()
    fetched = download.value.path()
    assert json.loads(fetched.read_text())["person"] == amos.id
    assert "The certificate holds" in manage("verify_erasure", str(fetched), "--word", amos.user.email)
