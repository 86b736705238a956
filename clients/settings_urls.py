"""Settings of sending."""

from __future__ import annotations

from django.urls import path

from clients.views import sending

app_name = "sending"
urlpatterns = [
    path("", sending.edit, name="settings"),
    path("test/", sending.test, name="test"),
]
