"""What the editor sends, and what its answers say."""

import datetime as dt
import re

from tenants import clock
from tests.factories.invoices import make_issued

DAY = dt.timedelta(days=1)


DRAFT = {
    "client_name": "Dupont SAS",
    "terms": "NET_30",
    "operation": "SERVICES",
    "currency": "EUR",
    "order_reference": "BC-7",
    "lines-TOTAL_FORMS": "1",
    "lines-INITIAL_FORMS": "0",
    "lines-0-description": "Pose de parquet",
    "lines-0-quantity": "2,5",
    "lines-0-unit": "h",
    "lines-0-unit_price": "1 000,00",
    "lines-0-vat": "S:20",
}


def today(scope):
    return scope(clock.today)


def text_of(response):
    bare = re.sub(r"<[^>]+>", " ", response.content.decode().split("<main")[1])
    return " ".join(bare.replace("\u00a0", " ").split())


def issued(scope, client=None, **fields):
    fields.setdefault("today", today(scope))
    return scope(make_issued, client, **fields)
