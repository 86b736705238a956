"""Settings of documents: logo, numbering, terms."""

from __future__ import annotations

from django.urls.resolvers import URLPattern

app_name = "documents"
urlpatterns: list[URLPattern] = []
