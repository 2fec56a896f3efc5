"""What Django can't declare: type constraints, months, access, and the functions of the send path.

Everything here is new, so nothing waits for a lock.
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from django.db import migrations

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"
MONTHS_AHEAD = 3


def make_first_months(apps: Any, schema_editor: Any) -> None:
    """A new installation can store messages at once; later months come from create_partitions."""
    today = datetime.now(UTC).date()
    first = today.year * 12 + today.month - 1
    for month in range(first - 2, first + MONTHS_AHEAD + 1):
        schema_editor.execute("SELECT create_message_month(make_date(%s, %s, 1))", [month // 12, month % 12 + 1])


class Migration(migrations.Migration):
    dependencies = [("messaging", "0001_initial"), ("accounts", "0003_django_access")]

    operations = [
        RunSQLFile(SQL, "0002_message_constraints_v1"),
        RunSQLFile(SQL, "0003_partitions_v1"),
        RunSQLFile(SQL, "0004_access_v1"),
        RunSQLFile(SQL, "0005_send_messages_v1"),
        RunSQLFile(SQL, "0006_mark_receipts_v1"),
        RunSQLFile(SQL, "0007_reading_v1"),
        RunSQLFile(SQL, "0008_membership_v1"),
        RunSQLFile(SQL, "0009_check_messages_v1"),
        migrations.RunPython(make_first_months, migrations.RunPython.noop),
    ]
