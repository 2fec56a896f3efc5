"""The socket's address."""

from __future__ import annotations

from django.urls import path

from .consumer import serve_socket

websocket_urlpatterns = [path("ws/v1/", serve_socket)]  # type: ignore[arg-type]  # Channels routes ASGI applications
