"""Every address that the layouts name, leading nowhere."""

from django.http import HttpResponse
from django.urls import include, path


def nowhere(request):
    return HttpResponse()


def names(app, *views):
    return include(([path(f"{view}/", nowhere, name=view) for view in views], app))


urlpatterns = [
    path("", include("config.urls_look")),
    path("", nowhere, name="home"),
    path("today/", nowhere, name="today"),
    path("invoices/", names("invoices", "list", "create")),
    path("clients/", names("clients", "list")),
    path("payments/", names("payments", "list")),
    path("dunning/", names("dunning", "overview", "live")),
    path("reports/", names("reports", "aged")),
    path("settings/", names("settings", "business")),
    path("accounts/", include("allauth.account.urls")),
]
