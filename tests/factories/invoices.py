"""Invoices for tests, inside an open scope."""

import datetime as dt
from decimal import Decimal

from invoices.models import Invoice
from invoices.services import LineInput, create_invoice, issue_invoice
from tests.factories.clients import make_client

TODAY = dt.date(2026, 11, 23)
NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)


def make_buyer(name="Dupont SAS", **fields):
    """A client that may be invoiced: a French business with its SIREN and address."""
    defaults = {
        "siren": "552100554",
        "vat_number": "FR96552100554",
        "address": "4 place Sainte-Cécile",
        "postcode": "34500",
        "city": "Béziers",
    }
    return make_client(name, **{**defaults, **fields})


def make_line(description="Pose de parquet", price="1000.00", rate="20", **fields) -> LineInput:
    return LineInput(
        description=description, unit_price=Decimal(price), vat_rate=Decimal(rate), **fields
    )


def make_draft(client=None, *, lines=None, **fields) -> Invoice:
    """A draft of 1,000.00 before VAT, 1,200.00 all in, for a French business."""
    return create_invoice(
        client=client or make_buyer(), lines=lines or [make_line()], user=None, **fields
    )


def make_issued(client=None, *, today=TODAY, now=NOW, **fields) -> Invoice:
    return issue_invoice(invoice=make_draft(client, **fields), today=today, now=now, user=None)
