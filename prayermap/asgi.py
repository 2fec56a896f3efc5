"""The ASGI application: REST and admin through Django, sockets through Channels."""

from __future__ import annotations

import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "prayermap.settings")
django.setup(set_prefix=False)

from channels.routing import ProtocolTypeRouter, URLRouter  # noqa: E402 - Django must be set up first
from django.urls import re_path  # noqa: E402

from messaging.api.short_way import ShortWay  # noqa: E402
from messaging.realtime.routing import websocket_urlpatterns  # noqa: E402
from prayermap.handler import OneHopHandler  # noqa: E402
from prayermap.lib import lifecycle  # noqa: E402


async def lifespan(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """uvicorn's way to start and stop what a process runs; daphne has none (see `prayermap.server`)."""
    while True:
        message = await receive()
        if message["type"] == "lifespan.startup":
            await lifecycle.start()
            await send({"type": "lifespan.startup.complete"})
        elif message["type"] == "lifespan.shutdown":
            await lifecycle.stop()
            await send({"type": "lifespan.shutdown.complete"})
            return


async def no_socket(scope: dict[str, Any], receive: Any, send: Any) -> None:
    """There is one address for sockets; a handshake anywhere else is refused (403)."""
    await receive()
    await send({"type": "websocket.close"})


sockets = URLRouter([*websocket_urlpatterns, re_path("", no_socket)])  # type: ignore[arg-type]  # ASGI applications
application = ProtocolTypeRouter(
    {"http": ShortWay(OneHopHandler()), "websocket": sockets, "lifespan": lifespan}
)
