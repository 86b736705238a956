"""The one PDF of an issued document: made after the commit, stored with its hash, never again."""

from __future__ import annotations

import datetime as dt

from django.db.models import QuerySet

from clients.wake import wake_mail
from invoices.models import Invoice
from invoices.printing import document_data
from tenants.files import store_file
from tenants.models import StoredFile
from tenants.scope import assert_no_open_scope, tenant_atomic

PDF = "application/pdf"
AT_ONCE = 50
# what was issued a moment ago has its own task already
PATIENCE = dt.timedelta(minutes=2)


def render_document(*, invoice_id: int) -> StoredFile | None:
    """Print an issued document and keep it; None when there is nothing (more) to print.

    Called under an identity and outside any scope: printing takes a while. Of two workers at once
    the first to commit is kept.
    """
    assert_no_open_scope()
    from invoices.documents.render import render_invoice  # noqa: PLC0415 -- takes 0.6 s to import

    with tenant_atomic():
        invoice = _unrendered().select_related("corrects").filter(pk=invoice_id).first()
        if invoice is None:
            return None
        data = document_data(invoice)
    content = render_invoice(data)
    with tenant_atomic():
        if _unrendered().select_for_update().filter(pk=invoice_id).first() is None:
            return None
        stored = store_file(content=content, name=file_name(invoice), media_type=PDF)
        Invoice.objects.filter(pk=invoice_id).update(document=stored)
        wake_mail()
    return stored


def waiting_documents(now: dt.datetime) -> list[int]:
    """Issued documents whose own task must have been lost; inside a scope."""
    late = _unrendered().filter(issued_at__lt=now - PATIENCE)
    return list(late.order_by("id").values_list("pk", flat=True)[:AT_ONCE])


def file_name(invoice: Invoice) -> str:
    """The name under which a document is attached and downloaded."""
    return f"{(invoice.number or '').replace('/', '-')}.pdf"


def _unrendered() -> QuerySet[Invoice]:
    return Invoice.objects.filter(origin=Invoice.Origin.OWN, document=None).exclude(
        state=Invoice.State.DRAFT
    )
