"""Settings of payments."""

from __future__ import annotations

from django.urls import path

from payments import gateway_views as views

app_name = "gateways"
urlpatterns = [
    path("", views.gateway_settings, name="settings"),
    path("sandbox/", views.try_sandbox, name="sandbox"),
    path("<uuid:account>/check/", views.check, name="check"),
    path("<uuid:account>/webhook/", views.add_webhook, name="webhook"),
    path("<uuid:account>/disconnect/", views.cut, name="disconnect"),
]
