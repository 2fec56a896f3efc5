"""A server of these tests' own, started once."""

from tests.messaging.realtime.conftest import amos, circle, kind, lowered, processes, ruth, server

__all__ = ["amos", "circle", "kind", "lowered", "processes", "ruth", "server"]
