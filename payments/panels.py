"""What payments show on a client's and on an invoice's page."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.panels import ClientAct, ClientPanel, register_act, register_panel
from invoices.models import Invoice
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


def client_panel(client: Client) -> Mapping[str, Any]:
    """The latest payments and the credit; two queries."""
    return {
        "payments": list(Payment.objects.filter(client=client).order_by("-id")[:LATEST]),
        "credit": client_credit(client.pk),
    }


def invoice_panel(invoice: Invoice) -> Mapping[str, Any] | None:
    """What was paid on an invoice, and the client's page; three queries."""
    if invoice.state == Invoice.State.DRAFT or invoice.kind == Invoice.Kind.CREDIT_NOTE:
        return None
    allocations = Allocation.objects.filter(receivable__invoice=invoice, undone_at=None)
    link = PayLink.objects.filter(
        items__receivable__invoice=invoice, is_printed=True, revoked_at=None
    ).first()
    return {
        "allocations": list(allocations.select_related("payment").order_by("id")),
        "link_url": link_url(link) if link else "",
        "create_url": f"{tenant_url('payments:create')}?invoice={invoice.public_id}",
    }
