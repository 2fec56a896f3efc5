"""The audit trail, reports, cases and what is sealed for them."""

from pathlib import Path

import django.contrib.postgres.fields
import django.db.models.deletion
import django.utils.timezone
import prayermap.lib.ids
from django.conf import settings
from django.db import migrations, models

from prayermap.lib.sqlfiles import RunSQLFile

SQL = Path(__file__).parents[1] / "sql"


class Migration(migrations.Migration):

    dependencies = [
        ('moderation', '0001_moderators'),
        ('messaging', '0004_client_key_leaves'),
        ('prayers', '0001_initial'),
        migrations.swappable_dependency(settings.AUTH_USER_MODEL),
    ]

    operations = [
        migrations.CreateModel(
            name='AuditEntry',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('at', models.DateTimeField()),
                ('action', models.TextField()),
                ('actor', models.UUIDField(null=True)),
                ('subject_kind', models.TextField()),
                ('subject', models.UUIDField(null=True)),
                ('case_id', models.UUIDField(null=True)),
                ('detail_digest', models.BinaryField()),
                ('covers', django.contrib.postgres.fields.ArrayField(base_field=models.BigIntegerField(), default=list, size=None)),
                ('hash', models.BinaryField()),
            ],
            options={
                'db_table': 'audit_entry',
                'ordering': ('-number',),
            },
        ),
        migrations.CreateModel(
            name='AuditIdentity',
            fields=[
                ('pseudonym', models.UUIDField(primary_key=True, serialize=False)),
                ('salt', models.BinaryField()),
            ],
            options={
                'db_table': 'audit_identity',
            },
        ),
        migrations.CreateModel(
            name='AuditSeal',
            fields=[
                ('number', models.BigIntegerField(primary_key=True, serialize=False)),
                ('mac', models.BinaryField()),
            ],
            options={
                'db_table': 'audit_seal',
            },
        ),
        migrations.CreateModel(
            name='Case',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('message', 'Message'), ('member', 'Member'), ('conversation', 'Conversation'), ('invitation', 'Invitation'), ('prayer', 'Prayer'), ('person', 'Person'), ('appeal', 'Appeal')])),
                ('subject', models.UUIDField()),
                ('conversation_id', models.UUIDField(null=True)),
                ('seq', models.BigIntegerField(null=True)),
                ('reason', models.TextField(choices=[('self_harm', 'Self-harm or suicide'), ('violence', 'Threats or violence'), ('sexual', 'Sexual content or exploitation'), ('harassment', 'Harassment'), ('hate', 'Hatred of a group'), ('privacy', "Somebody's private details"), ('impersonation', 'Pretending to be somebody else'), ('spam', 'Spam or fraud'), ('other', 'Something else')])),
                ('priority', models.SmallIntegerField(choices=[(1, 'Urgent'), (2, 'High'), (3, 'Normal'), (4, 'Low')])),
                ('report_count', models.IntegerField(default=1)),
                ('is_sealed', models.BooleanField(default=False)),
                ('state', models.TextField(choices=[('open', 'Open'), ('closed', 'Closed')], default='open')),
                ('outcome', models.TextField(blank=True, choices=[('acted', 'Acted'), ('dismissed', 'Dismissed')], default='')),
                ('opened_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('due_at', models.DateTimeField()),
                ('closed_at', models.DateTimeField(null=True)),
                ('claimed_until', models.DateTimeField(null=True)),
                ('version', models.IntegerField(default=1)),
            ],
            options={
                'db_table': 'moderation_case',
            },
        ),
        migrations.CreateModel(
            name='CaseNote',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('text', models.TextField()),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
            ],
            options={
                'db_table': 'case_note',
            },
        ),
        migrations.CreateModel(
            name='Evidence',
            fields=[
                ('id', models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name='ID')),
                ('kind', models.TextField(choices=[('reported', 'Reported'), ('revision', 'Revision'), ('neighbour', 'Neighbour'), ('said', 'Said'), ('frame', 'Frame')])),
                ('message_id', models.UUIDField(null=True)),
                ('seq', models.BigIntegerField(null=True)),
                ('body', models.JSONField()),
                ('digest', models.TextField()),
                ('sealed_at', models.DateTimeField()),
            ],
            options={
                'db_table': 'evidence',
                'ordering': ('pk',),
            },
        ),
        migrations.CreateModel(
            name='Report',
            fields=[
                ('id', models.UUIDField(default=prayermap.lib.ids.uuid7, editable=False, primary_key=True, serialize=False)),
                ('kind', models.TextField(choices=[('message', 'Message'), ('member', 'Member'), ('conversation', 'Conversation'), ('invitation', 'Invitation'), ('prayer', 'Prayer'), ('person', 'Person'), ('appeal', 'Appeal')])),
                ('subject', models.UUIDField()),
                ('conversation_id', models.UUIDField(null=True)),
                ('seq', models.BigIntegerField(null=True)),
                ('reporter_member', models.UUIDField(null=True)),
                ('signal', models.TextField(blank=True, default='')),
                ('reason', models.TextField(choices=[('self_harm', 'Self-harm or suicide'), ('violence', 'Threats or violence'), ('sexual', 'Sexual content or exploitation'), ('harassment', 'Harassment'), ('hate', 'Hatred of a group'), ('privacy', "Somebody's private details"), ('impersonation', 'Pretending to be somebody else'), ('spam', 'Spam or fraud'), ('other', 'Something else')])),
                ('note', models.TextField(blank=True, default='')),
                ('created_at', models.DateTimeField(default=django.utils.timezone.now)),
                ('outcome', models.TextField(blank=True, choices=[('acted', 'Acted'), ('dismissed', 'Dismissed')], default='')),
                ('reply', models.TextField(blank=True, default='')),
                ('answered_at', models.DateTimeField(null=True)),
            ],
            options={
                'db_table': 'report',
            },
        ),
        migrations.CreateModel(
            name='AuditDetail',
            fields=[
                ('entry', models.OneToOneField(on_delete=django.db.models.deletion.PROTECT, primary_key=True, related_name='detail', serialize=False, to='moderation.auditentry')),
                ('salt', models.BinaryField()),
                ('body', models.TextField()),
            ],
            options={
                'db_table': 'audit_detail',
            },
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['actor', 'number'], name='audit_entry_actor'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['action', 'number'], name='audit_entry_action'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(fields=['subject', 'number'], name='audit_entry_subject'),
        ),
        migrations.AddIndex(
            model_name='auditentry',
            index=models.Index(condition=models.Q(('case_id__isnull', False)), fields=['case_id', 'number'], name='audit_entry_case'),
        ),
        migrations.AddField(
            model_name='auditidentity',
            name='user',
            field=models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='case',
            name='claimed_by',
            field=models.ForeignKey(db_constraint=False, null=True, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casenote',
            name='author',
            field=models.ForeignKey(db_constraint=False, on_delete=django.db.models.deletion.DO_NOTHING, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.AddField(
            model_name='casenote',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='notes', to='moderation.case'),
        ),
        migrations.AddField(
            model_name='evidence',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='evidence', to='moderation.case'),
        ),
        migrations.AddField(
            model_name='report',
            name='case',
            field=models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='reports', to='moderation.case'),
        ),
        migrations.AddField(
            model_name='report',
            name='reporter',
            field=models.ForeignKey(null=True, on_delete=django.db.models.deletion.SET_NULL, related_name='+', to=settings.AUTH_USER_MODEL),
        ),
        migrations.CreateModel(
            name='CaseParty',
            fields=[
                ('case', models.OneToOneField(on_delete=django.db.models.deletion.CASCADE, primary_key=True, related_name='+', serialize=False, to='moderation.case')),
                ('participant_id', models.UUIDField(null=True)),
                ('user', models.ForeignKey(on_delete=django.db.models.deletion.CASCADE, related_name='+', to=settings.AUTH_USER_MODEL)),
            ],
            options={
                'db_table': 'case_party',
            },
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['priority', 'id'], name='case_queue'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(fields=['subject', 'id'], name='case_subject'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'open')), fields=['claimed_by', 'claimed_until'], name='case_claimed'),
        ),
        migrations.AddIndex(
            model_name='case',
            index=models.Index(condition=models.Q(('state', 'closed')), fields=['closed_at'], name='case_closed_at'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'member', 'conversation', 'invitation', 'prayer', 'person', 'appeal'])), name='case_kind'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['self_harm', 'violence', 'sexual', 'harassment', 'hate', 'privacy', 'impersonation', 'spam', 'other'])), name='case_reason'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('priority__in', [1, 2, 3, 4])), name='case_priority'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('closed_at', None), ('outcome', ''), ('state', 'open')), models.Q(('closed_at__isnull', False), ('outcome__in', ['acted', 'dismissed']), ('state', 'closed')), _connector='OR'), name='case_closed'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('claimed_by', None), ('claimed_until', None)), models.Q(('claimed_by__isnull', False), ('claimed_until__isnull', False)), _connector='OR'), name='case_claim'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.CheckConstraint(condition=models.Q(('report_count__gte', 1), ('version__gte', 1)), name='case_counts'),
        ),
        migrations.AddConstraint(
            model_name='case',
            constraint=models.UniqueConstraint(condition=models.Q(('state', 'open')), fields=('kind', 'subject'), name='case_open_once'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['reported', 'revision', 'neighbour', 'said', 'frame'])), name='evidence_kind'),
        ),
        migrations.AddConstraint(
            model_name='evidence',
            constraint=models.UniqueConstraint(fields=('case', 'kind', 'digest'), name='evidence_once'),
        ),
        migrations.AddIndex(
            model_name='report',
            index=models.Index(fields=['reporter', 'id'], name='report_own'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('reason__in', ['self_harm', 'violence', 'sexual', 'harassment', 'hate', 'privacy', 'impersonation', 'spam', 'other'])), name='report_reason'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(('kind__in', ['message', 'member', 'conversation', 'invitation', 'prayer', 'person', 'appeal'])), name='report_kind'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(fields=('reporter', 'kind', 'subject'), name='report_once'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.UniqueConstraint(condition=models.Q(('signal', ''), _negated=True), fields=('case', 'signal'), name='report_signal_once'),
        ),
        migrations.AddConstraint(
            model_name='report',
            constraint=models.CheckConstraint(condition=models.Q(models.Q(('answered_at', None), ('outcome', ''), ('reply', '')), models.Q(('answered_at__isnull', False), ('outcome__in', ['acted', 'dismissed'])), _connector='OR'), name='report_answered'),
        ),
        RunSQLFile(SQL, "0002_rights_v1"),
        RunSQLFile(SQL, "0003_audit_v1"),
        RunSQLFile(SQL, "0004_cases_v1"),
        RunSQLFile(SQL, "0005_reporting_v1"),
    ]
