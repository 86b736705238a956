"""What a client sees behind an emailed link."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "portal"
urlpatterns: list[URLPattern] = []
