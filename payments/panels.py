"""What payments show on a client's and on an invoice's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.panels import ClientAct, ClientPanel, register_act, register_panel
from invoices.models import Invoice
from invoices.panels import InvoiceAct, InvoicePanel
from invoices.panels import register_act as register_invoice_act
from invoices.panels import register_panel as register_invoice_panel
from payments.links import link_url
from payments.models import Allocation, PayLink, Payment
from payments.services import client_credit
from tenants.links import tenant_url

LATEST = 5


def register_panels() -> None:
    register_panel(
        ClientPanel(
            key="payments",
            template="payments/_client_panel.html",
            data=client_panel,
            place="SIDE",
            order=40,
        )
    )
    register_act(
        ClientAct(
            key="record_payment",
            label=_("Record a payment"),
            url=lambda client: f"{tenant_url('payments:create')}?client={client.public_id}",
            icon="wallet",
        )
    )
    register_invoice_panel(
        InvoicePanel(
            key="payments",
            template="payments/_invoice_panel.html",
            data=invoice_panel,
            place="SIDE",
            order=20,
        )
    )
    register_invoice_act(
        InvoiceAct(
            key="record_payment", label=_("Record a payment"), url=payment_url, icon="wallet"
        )
    )


def client_panel(client: Client) -> Mapping[str, Any]:
    """The latest payments and the credit; two queries."""
    return {
        "payments": list(Payment.objects.filter(client=client).order_by("-id")[:LATEST]),
        "credit": client_credit(client.pk),
    }


def invoice_panel(invoice: Invoice) -> Mapping[str, Any] | None:
    """What was paid on an invoice, and the client's page; two queries."""
    if not _is_asked_for(invoice):
        return None
    allocations = Allocation.objects.filter(receivable__invoice=invoice, undone_at=None)
    link = PayLink.objects.filter(
        items__receivable__invoice=invoice, is_printed=True, revoked_at=None
    ).first()
    return {
        "allocations": list(allocations.select_related("payment").order_by("id")),
        "link_url": link_url(link) if link else "",
    }


def payment_url(invoice: Invoice) -> str | None:
    """Where a payment on this invoice is recorded; one query."""
    owes = _is_asked_for(invoice) and invoice.receivables.filter(balance__gt=0).exists()
    return f"{tenant_url('payments:create')}?invoice={invoice.public_id}" if owes else None


def _is_asked_for(invoice: Invoice) -> bool:
    return invoice.state != Invoice.State.DRAFT and invoice.kind != Invoice.Kind.CREDIT_NOTE
