"""Clients and messages."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "clients"
urlpatterns: list[URLPattern] = []
