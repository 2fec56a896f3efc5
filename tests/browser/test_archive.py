"""A month goes into the archive and comes back, asked for in the console."""

from datetime import date

import pytest
from procrastinate.contrib.django.models import ProcrastinateJob

from moderation import tasks
from tests.moderation.old_months import old_months, say_it_was, schemas_of

pytestmark = pytest.mark.django_db(transaction=True)
MAY = date(2019, 5, 1)


def work() -> None:
    """What the worker would do with what was asked of it."""
    jobs = (
        ProcrastinateJob.objects.using("owner")
        .filter(task_name="moderation.tasks.move_month")
        .order_by("-id")
    )
    tasks.move_month(**jobs[0].args)


def test_a_month_is_archived_and_brought_back(ruth, group, staff):
    with old_months(MAY):
        say_it_was(MAY, group)
        nehemiah = staff("privacy officer", "Nehemiah").seat
        nehemiah.press("Archive")
        nehemiah.press("Move 2019-05 to the archive")
        assert nehemiah.page.get_by_role("heading", level=1).inner_text() == "Move to the archive"
        assert schemas_of(MAY) == {"public"}
        nehemiah.press("Move to the archive")
        assert nehemiah.said()[0].startswith("2019-05: the worker does it")
        work()
        assert schemas_of(MAY) == {"archive"}
        nehemiah.open("/admin/archive/")
        row = nehemiah.page.get_by_role("row").filter(has_text="2019-05")
        assert "archive, since" in row.inner_text()
        text = ruth.ok("GET", f"conversations/{group}/messages/")["results"][0]["content"]
        assert text == "You are worth nothing"
        nehemiah.press("Bring 2019-05 back")
        nehemiah.press("Bring back from the archive")
        work()
        assert schemas_of(MAY) == {"public"}
        nehemiah.press("Audit trail")
        assert "archive.month_restored" in nehemiah.page.locator("#content table").inner_text()
