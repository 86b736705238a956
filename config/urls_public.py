"""Pages that belong to no tenant: sign-in, home, what opens with a key, the operator's admin."""

from __future__ import annotations

from allauth.account.decorators import secure_admin_login
from django.contrib import admin
from django.urls import include, path

# the operator signs in like everybody, through the page whose failures are counted
admin.site.login = secure_admin_login(admin.site.login)  # type: ignore[method-assign]

urlpatterns = [
    path("", include("config.urls_look")),
    path("", include("tenants.urls")),
    path("", include("portal.urls")),
    path("hooks/", include("payments.hook_urls")),
    path("accounts/", include("allauth.account.urls")),
    path("operator/", admin.site.urls),
]
