"""Today, and figures."""

from __future__ import annotations

from django.urls import include, path

from reports import views

urlpatterns = [
    path("", views.index, name="today"),
    path("evening/", include("reports.evening_urls")),
    path("reports/", include("reports.books.urls")),
]
