"""Settings of payments."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "gateways"
urlpatterns: list[URLPattern] = []
