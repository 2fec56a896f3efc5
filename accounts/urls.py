"""Mounted under /api/v1/."""

from __future__ import annotations

from django.urls import path

from accounts.api import auth, blocks, me

urlpatterns = [
    path("auth/register/", auth.RegisterView.as_view(), name="register"),
    path("auth/token/", auth.TokenView.as_view(), name="token"),
    path("auth/token/refresh/", auth.RefreshView.as_view(), name="token-refresh"),
    path("auth/logout/", auth.LogoutView.as_view(), name="logout"),
    path("me/", me.MeView.as_view(), name="me"),
    path("me/blocks/", blocks.BlocksView.as_view(), name="blocks"),
    path("me/blocks/<uuid:target>/", blocks.BlockView.as_view(), name="block"),
    path("ws/ticket/", me.TicketView.as_view(), name="ticket"),
]
