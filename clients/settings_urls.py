"""Settings of sending."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "sending"
urlpatterns: list[URLPattern] = []
