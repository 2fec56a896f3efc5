"""What the group of moderators may see and do in the admin site."""

from typing import Any

from django.db import migrations

GROUP = "moderator"
MAY = (
    ("accounts", "user", ("view", "change")),
    ("accounts", "session", ("view",)),
    ("accounts", "block", ("view",)),
    ("account", "emailaddress", ("view",)),
    ("messaging", "conversation", ("view",)),
    ("messaging", "participant", ("view",)),
    ("messaging", "message", ("view",)),
)


def allow(apps: Any, schema_editor: Any) -> None:
    """Django makes permissions after the last migration only, so those that are needed are made here, as it would."""
    alias = schema_editor.connection.alias
    group = apps.get_model("auth", "Group").objects.using(alias).get(name=GROUP)
    for label, name, actions in MAY:
        kind, _ = apps.get_model("contenttypes", "ContentType").objects.using(alias).get_or_create(
            app_label=label, model=name
        )
        verbose = apps.get_model(label, name)._meta.verbose_name
        for action in actions:
            permission, _ = apps.get_model("auth", "Permission").objects.using(alias).get_or_create(
                content_type=kind, codename=f"{action}_{name}", defaults={"name": f"Can {action} {verbose}"}
            )
            group.permissions.add(permission)


class Migration(migrations.Migration):
    dependencies = [
        ("accounts", "0003_django_access"),
        ("messaging", "0002_sql"),
    ]

    operations = [migrations.RunPython(allow, migrations.RunPython.noop)]
