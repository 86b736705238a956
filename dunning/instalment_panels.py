"""Instalment plans on the pages of clients and invoices."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.panels import ClientPanel, register_panel
from dunning.instalment_pages import going_plans, plan_lines, plan_of_invoice
from invoices.models import Invoice
from invoices.panels import InvoiceAct, InvoicePanel
from invoices.panels import register_act as register_invoice_act
from invoices.panels import register_panel as register_invoice_panel
from tenants.clock import today
from tenants.links import tenant_url

SHOWN = 5


def register_plan_panels() -> None:
    register_panel(
        ClientPanel(key="plans", template="plans/_client_panel.html", data=client_plans, order=5)
    )
    register_invoice_panel(
        InvoicePanel(
            key="plans",
            template="plans/_invoice_panel.html",
            data=invoice_plan,
            place="TOP",
            order=40,
        )
    )
    register_invoice_act(
        InvoiceAct(key="plan", label=_("Propose a plan"), url=propose_url, icon="split", order=60)
    )


def client_plans(client: Client) -> Mapping[str, Any] | None:
    """The plans that wait for an answer or run, those paid in full left out; three queries."""
    plans = list(going_plans(client=client)[:SHOWN])
    if not plans:
        return None
    lines = [line for line in plan_lines(plans, today=today()) if line.left]
    return {"lines": lines} if lines else None


def invoice_plan(invoice: Invoice) -> Mapping[str, Any] | None:
    """The plan that an invoice is in; one query, three with a plan."""
    plan = plan_of_invoice(invoice)
    return {"line": plan_lines([plan], today=today())[0]} if plan else None


def propose_url(invoice: Invoice) -> str | None:
    """Where a plan for this invoice is proposed; None when nothing is owed or one is on offer."""
    offered = {"plan_debts__plan__state": "PROPOSED"}
    owed = invoice.receivables.filter(balance__gt=0).exclude(**offered)
    if invoice.state == Invoice.State.DRAFT or not owed.exists():
        return None
    page = tenant_url("plans:propose", invoice.client.public_id)
    return f"{page}?invoice={invoice.public_id}"
