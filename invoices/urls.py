"""Invoices."""

from __future__ import annotations

from django.urls import path

from invoices.views import acts, detail, drafts, importing, lists

app_name = "invoices"
urlpatterns = [
    path("", lists.invoice_list, name="list"),
    path("new/", drafts.create, name="create"),
    path("totals/", drafts.totals, name="totals"),
    path("clients/", drafts.clients, name="clients"),
    path("import/", importing.upload, name="import"),
    path("import/<uuid:batch>/", importing.detail, name="import_batch"),
    path("import/<uuid:batch>/read/", importing.correct, name="import_read"),
    path("import/<uuid:batch>/go/", importing.confirm, name="import_go"),
    path("import/<uuid:batch>/refused.csv", importing.refused, name="import_refused"),
    path("import/<uuid:batch>/missing/", importing.missing, name="import_missing"),
    path("import/<uuid:batch>/undo/", importing.undo, name="import_undo"),
    path("amounts/<uuid:receivable>/give-up/", acts.give_up, name="write_off"),
    path("<uuid:invoice>/", detail.detail, name="detail"),
    path("<uuid:invoice>/pdf/", detail.pdf, name="pdf"),
    path("<uuid:invoice>/edit/", drafts.edit, name="edit"),
    path("<uuid:invoice>/delete/", drafts.delete, name="delete"),
    path("<uuid:invoice>/copy/", drafts.copy, name="copy"),
    path("<uuid:invoice>/issue/", acts.issue, name="issue"),
    path("<uuid:invoice>/send/", acts.send, name="send"),
    path("<uuid:invoice>/credit/", acts.credit, name="credit"),
    path("<uuid:invoice>/redo/", acts.redo, name="redo"),
]
