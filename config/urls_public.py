"""Pages that belong to no tenant: sign-in, home, what opens with a key, the operator's admin."""

from __future__ import annotations

from django.contrib import admin
from django.urls import include, path

urlpatterns = [
    path("", include("config.urls_look")),
    path("", include("tenants.urls")),
    path("", include("portal.urls")),
    path("hooks/", include("payments.hook_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("operator/", admin.site.urls),
]
