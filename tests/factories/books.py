"""A client and issued invoices, through the real services; called inside a scope."""

import datetime as dt
from decimal import Decimal

from clients.models import Client, Person
from core.search import search_key
from invoices.models import Invoice
from invoices.services import LineInput, create_invoice, issue_invoice
from tenants import clock


def make_client(name="Garage Morvan", *, email="compta@morvan.example", **fields) -> Client:
    """A French business with a billing contact that has an address and a number."""
    client = Client.objects.create(
        **{
            "name": name,
            "search_key": search_key(name),
            "kind": Client.Kind.BUSINESS,
            "siren": "552100554",
            "address": "12 rue de Siam",
            "postcode": "29200",
            "city": "Brest",
            "language": "fr",
            **fields,
        }
    )
    Person.objects.create(client=client, name="Anne Morvan", email=email, phone="0298000000")
    return client


def issued_invoice(client, *, on: dt.date, net="1000", terms="NET_30") -> Invoice:
    """An invoice of one line at 20 %, issued at nine o'clock on that day."""
    line = LineInput(description="Pose", unit_price=Decimal(net), vat_rate=Decimal(20))
    moment = clock.at_hour(on, 9)
    with clock.as_of(moment):
        draft = create_invoice(client=client, lines=[line], user=None, terms=terms)
        return issue_invoice(invoice=draft, today=on, now=moment, user=None)
