"""Settings of the business."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "settings"
urlpatterns: list[URLPattern] = []
