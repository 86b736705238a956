"""What invoices show on a client's page and in the list of clients."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.panels import (
    ClientAct,
    ClientPanel,
    ListColumn,
    register_act,
    register_list_column,
    register_panel,
)
from invoices.listing import Wanted, read_rows
from invoices.present import invoice_rows, money
from invoices.queries import owed_by
from tenants import clock
from tenants.links import tenant_url

SHOWN = 10


def register_client_panels() -> None:
    register_panel(
        ClientPanel(
            key="invoices", template="invoices/_client_panel.html", data=client_invoices, order=20
        )
    )
    register_list_column(
        ListColumn(
            key="owed", label=_("Left to pay"), cells=owed_cells, is_number=True, css="num o2"
        )
    )
    register_act(
        ClientAct(
            key="invoice", label=_("New invoice"), url=new_invoice_url, icon="file-plus", order=10
        )
    )


def client_invoices(client: Client) -> Mapping[str, Any]:
    """The latest documents and what is owed on all of them; two queries."""
    wanted = Wanted(today=clock.today(), client_id=client.pk)
    rows = invoice_rows(read_rows(wanted, limit=SHOWN + 1), wanted.today)
    owed = owed_by([client.pk]).get(client.pk, [])
    return {
        "rows": rows[:SHOWN],
        "has_more": len(rows) > SHOWN,
        "owed": [money(amount, currency) for currency, amount in owed],
    }


def owed_cells(client_ids: Sequence[int]) -> Mapping[int, str]:
    return {
        client_id: " + ".join(money(amount, currency) for currency, amount in owed)
        for client_id, owed in owed_by(client_ids).items()
    }


def new_invoice_url(client: Client) -> str:
    return f"{tenant_url('invoices:create')}?client={client.public_id}"
