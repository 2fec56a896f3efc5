"""What the server notices by itself."""

from pathlib import Path

from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0007_archive'),
        ('messaging', '0019_message_created'),
    ]

    operations = [
        migrations.CreateModel(
            name='ScreeningCursor',
            fields=[
                ('id', models.SmallIntegerField(default=1, primary_key=True, serialize=False)),
                ('screened_to', models.DateTimeField()),
                ('screened_id', models.UUIDField()),
                ('probe_at', models.DateTimeField(null=True)),
                ('probe_xid', models.BigIntegerField(null=True)),
            ],
            options={
                'db_table': 'screening_cursor',
                'constraints': [models.CheckConstraint(condition=models.Q(('id', 1)), name='screening_cursor_single'), models.CheckConstraint(condition=models.Q(models.Q(('probe_at', None), ('probe_xid', None)), models.Q(('probe_at__isnull', False), ('probe_xid__isnull', False)), _connector='OR'), name='screening_cursor_probe')],
            },
        ),
        migrations.CreateModel(
            name='Unscreened',
            fields=[
                ('id', models.BigAutoField(primary_key=True, serialize=False)),
                ('kind', models.TextField()),
                ('subject', models.UUIDField()),
            ],
            options={
                'db_table': 'unscreened',
                'constraints': [models.CheckConstraint(condition=models.Q(('kind__in', ('message', 'prayer'))), name='unscreened_kind')],
            },
        ),
        RunSQLFile(SQL, "0012_signals_v1"),
    ]
