"""A server of these tests' own, started once."""

from tests.messaging.realtime.conftest import (
    amos,
    circle,
    devices,
    kind,
    lowered,
    lydia,
    processes,
    ruth,
    second,
    server,
)

__all__ = ["amos", "circle", "devices", "kind", "lowered", "lydia", "processes", "ruth", "second", "server"]
