"""Where gateways call."""

from __future__ import annotations

from django.urls import path

from payments import hooks

app_name = "hooks"
urlpatterns = [
    path("stripe/<uuid:account>/", hooks.stripe_webhook, name="stripe"),
]
