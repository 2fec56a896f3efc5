"""What was written since: an index on the time of messages, for screening and for the statistics of a day."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("messaging", "0018_archive")]

    operations = [
        # Nothing is written while it is made; whoever waits longer than this for the table is told, and migrates in a
        # quieter minute.
        migrations.RunSQL("SET LOCAL lock_timeout = '10s'", migrations.RunSQL.noop),
        migrations.AddIndex(
            model_name="message",
            index=models.Index(fields=["created_at"], name="message_created"),
        ),
    ]
