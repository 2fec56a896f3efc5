"""What the roles of the console see of the site's lists. What they may do in cases, PostgreSQL says (0002_rights)."""

from typing import Any

from django.db import migrations

from prayermap.lib.permissions import allow_group

#: By role: (app, models, actions).
MAY = {
    "senior moderator": (
        ("accounts", ("user",), ("view", "change")),
        ("accounts", ("session", "block"), ("view",)),
        ("account", ("emailaddress",), ("view",)),
        ("messaging", ("conversation", "participant", "message"), ("view",)),
        ("prayers", ("prayer", "prayerresponse", "memorialconnection"), ("view",)),
    ),
    "privacy officer": (
        ("accounts", ("user", "session"), ("view",)),
        ("account", ("emailaddress",), ("view",)),
    ),
    "administrator": (
        ("accounts", ("user",), ("view", "change")),
        ("accounts", ("session",), ("view",)),
        ("account", ("emailaddress",), ("view",)),
        ("auth", ("group",), ("view", "change")),
        ("mfa", ("authenticator",), ("view",)),
        ("admin", ("logentry",), ("view",)),
        ("procrastinate", ("procrastinatejob",), ("view",)),
    ),
}


def allow(apps: Any, schema_editor: Any) -> None:
    for group, rights in MAY.items():
        for label, models, actions in rights:
            allow_group(apps, schema_editor, group=group, label=label, models=models, actions=actions)


class Migration(migrations.Migration):
    dependencies = [
        ("moderation", "0003_decisions"),
        ("procrastinate", "0041_post_retry_failed_job"),
        ("prayers", "0002_lines"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
