#!/usr/bin/env python
"""The command line: `python manage.py help` lists every command."""

import os
import sys


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prayermap.settings")
    from django.core.exceptions import ImproperlyConfigured
    from django.core.management import execute_from_command_line

    try:
        execute_from_command_line(sys.argv)
    except ImproperlyConfigured as error:
        sys.exit(
            f"This can't start yet: {error} README.md lists every setting; `make run` makes a secret of its own."
        )


if __name__ == "__main__":
    main()
