"""Memorial lines, which follow their prayer; who is told of what happens to it."""

from pathlib import Path
from typing import Any

import django.db.models.deletion
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.permissions import allow_group
from prayermap.lib.sqlfiles import RunSQLFile


SQL = Path(__file__).parents[1] / "sql"


def allow_moderators(apps: Any, schema_editor: Any) -> None:
    allow_group(
        apps,
        schema_editor,
        group="moderator",
        label="prayers",
        models=("memorialconnection",),
        actions=("view",),
    )


class Migration(migrations.Migration):

    dependencies = [
        ('prayers', '0001_initial'),
        ("notifications", "0003_telling"),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='MemorialConnection',
            fields=[
                ('id', models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ('from_latitude', models.SmallIntegerField(blank=True, null=True)),
                ('from_longitude', models.SmallIntegerField(blank=True, null=True)),
                ('to_latitude', models.SmallIntegerField(blank=True, null=True)),
                ('to_longitude', models.SmallIntegerField(blank=True, null=True)),
                ('is_shown', models.BooleanField(default=True)),
                ('created_at', models.DateTimeField()),
                ('expires_at', models.DateTimeField()),
                ('changed_at', models.DateTimeField()),
                ('prayer', models.ForeignKey(blank=True, db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='lines', to='prayers.prayer')),
            ],
            options={
                'db_table': 'memorial_connection',
                'ordering': ('-id',),
            },
        ),
        migrations.CreateModel(
            name='MemorialEnd',
            fields=[
                ('connection', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='prayers.memorialconnection')),
                ('prayer', models.ForeignKey(db_index=False, on_delete=django.db.models.deletion.CASCADE, related_name='+', to='prayers.prayer')),
                ('responder', models.ForeignKey(on_delete=django.db.models.deletion.PROTECT, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'memorial_end',
            },
        ),
        migrations.AddIndex(
            model_name='memorialconnection',
            index=models.Index(condition=models.Q(('is_shown', True)), fields=['expires_at'], name='memorial_connection_expiry'),
        ),
        migrations.AddConstraint(
            model_name='memorialconnection',
            constraint=models.CheckConstraint(condition=models.Q(('is_shown', False), ('prayer__isnull', False), _connector='OR'), name='memorial_connection_shown'),
        ),
        migrations.AddConstraint(
            model_name='memorialconnection',
            constraint=models.CheckConstraint(condition=models.Q(('expires_at__gt', models.F('created_at'))), name='memorial_connection_life'),
        ),
        migrations.AddConstraint(
            model_name='memorialend',
            constraint=models.UniqueConstraint(fields=('prayer', 'responder'), name='memorial_end_once'),
        ),
        RunSQLFile(SQL, "0005_lines_v1"),
        RunSQLFile(SQL, "0006_prayer_notices_v1"),
        migrations.RunPython(allow_moderators, migrations.RunPython.noop),
    ]
