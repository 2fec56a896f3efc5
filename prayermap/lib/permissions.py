"""Permissions of the admin site, for migrations."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any


def allow_group(
    apps: Any, schema_editor: Any, *, group: str, label: str, models: Iterable[str], actions: Iterable[str]
) -> None:
    """Let a group do something with an app's models.

    Django makes permissions after the last migration only, so those that are needed are made here, as it would.
    """
    alias = schema_editor.connection.alias
    members = apps.get_model("auth", "Group").objects.using(alias).get(name=group)
    for name in models:
        kind, _ = (
            apps.get_model("contenttypes", "ContentType")
            .objects.using(alias)
            .get_or_create(app_label=label, model=name)
        )
        verbose = apps.get_model(label, name)._meta.verbose_name
        for action in actions:
            permission, _ = (
                apps.get_model("auth", "Permission")
                .objects.using(alias)
                .get_or_create(
                    content_type=kind,
                    codename=f"{action}_{name}",
                    defaults={"name": f"Can {action} {verbose}"},
                )
            )
            members.permissions.add(permission)
