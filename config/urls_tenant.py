"""Pages of a tenant, mounted at `/t/<slug>/` by `tenants.middleware`."""

from __future__ import annotations

from django.urls import include, path

urlpatterns = [
    path("", include("reports.urls")),
    path("invoices/", include("invoices.urls")),
    path("clients/", include("clients.urls")),
    path("payments/", include("payments.urls")),
    path("dunning/", include("dunning.urls")),
    path("welcome/", include("config.onboarding.urls")),
    path("plans/", include("dunning.instalment_urls")),
    path("settings/", include("tenants.settings_urls")),
    path("settings/documents/", include("invoices.settings_urls")),
    path("settings/sending/", include("clients.settings_urls")),
    path("settings/payments/", include("payments.settings_urls")),
    path("settings/dunning/", include("dunning.settings_urls")),
]
