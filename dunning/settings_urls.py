"""Settings of dunning."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "ladders"
urlpatterns: list[URLPattern] = []
