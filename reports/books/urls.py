"""Reports: what an accountant reads and takes away."""

from __future__ import annotations

from django.urls import path

from reports.books import aged_views, fec_views, journal_views

app_name = "reports"
urlpatterns = [
    path("aged/", aged_views.aged, name="aged"),
    path("aged/<uuid:client>/", aged_views.aged_client, name="aged_client"),
    path("sales/", journal_views.sales, name="sales"),
    path("receipts/", journal_views.receipts, name="receipts"),
    path("fec/", fec_views.fec, name="fec"),
    path("accounts/", fec_views.accounts, name="accounts"),
]
