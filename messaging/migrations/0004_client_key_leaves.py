"""`client_key` is one of accounts' tables from here on; nothing changes in the database."""

from django.db import migrations


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0004_client_key"),
        ("messaging", "0003_message_life"),
    ]

    operations = [
        migrations.SeparateDatabaseAndState(state_operations=[migrations.DeleteModel("ClientKey")]),
    ]
