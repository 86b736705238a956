"""Settings of documents: logo, numbering, terms."""

from __future__ import annotations

from django.urls import path

from invoices import settings_views as views

app_name = "documents"
urlpatterns = [
    path("", views.documents, name="settings"),
    path("logo/", views.logo, name="logo"),
]
