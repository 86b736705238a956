"""Where gateways call."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "hooks"
urlpatterns: list[URLPattern] = []
