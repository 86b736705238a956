"""Payments."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "payments"
urlpatterns: list[URLPattern] = []
