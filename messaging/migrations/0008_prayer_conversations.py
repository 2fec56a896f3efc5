"""Conversations about prayers, and what their messages do to them. Adding a trigger waits for writers of messages once."""

from pathlib import Path

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import ReplaceSQLFile, RunSQLFile


SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ("prayers", "0002_lines"),
        ("messaging", "0007_attachments"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='PrayerPair',
            fields=[
                ('conversation', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='messaging.conversation')),
                ('prayer_id', models.UUIDField()),
            ],
            options={
                'db_table': 'prayer_pair',
            },
        ),
        migrations.RemoveConstraint(
            model_name='conversation',
            name='conversation_prayer',
        ),
        migrations.AddIndex(
            model_name='conversation',
            index=models.Index(condition=models.Q(('prayer_id__isnull', False)), fields=['prayer_id', 'id'], name='conversation_of_prayer'),
        ),
        migrations.AddField(
            model_name='prayerpair',
            name='responder',
            field=models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddConstraint(
            model_name='prayerpair',
            constraint=models.UniqueConstraint(fields=('prayer_id', 'responder'), name='prayer_pair_once'),
        ),
        RunSQLFile(SQL, "0017_prayer_conversations_v1"),
        ReplaceSQLFile(SQL, "0011_prayer_messages_v1", "0018_prayer_messages_v2"),
    ]
