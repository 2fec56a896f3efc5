"""Rules that are checked when tests are collected."""

import inspect

import pytest
from pytest_django.fixtures import validate_django_db


def refuse_leaking_tests(items: list[pytest.Item]) -> None:
    """A coroutine's queries run on another thread and connection, where no rollback undoes them."""
    for item in items:
        marker = item.get_closest_marker("django_db")
        if not isinstance(item, pytest.Function) or not inspect.iscoroutinefunction(item.obj):
            continue
        plain = "db" in item.fixturenames and "transactional_db" not in item.fixturenames
        if plain or (marker is not None and not validate_django_db(marker)[0]):
            raise pytest.UsageError(f"{item.nodeid} is a coroutine: mark it django_db(transaction=True)")
