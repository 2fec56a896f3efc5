"""Write docs/roles.md."""

import os

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings_without_database")
django.setup()

from django.urls import get_resolver  # noqa: E402 - settings come first

get_resolver().url_patterns  # noqa: B018 - fills the site

from tests.moderation.matrix import PAGE, page  # noqa: E402

PAGE.write_text(page())
print(f"{len(page().splitlines())} lines in {PAGE.name}")
