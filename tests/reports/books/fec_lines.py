"""An invoice to export, and a file in FEC form read back."""

import datetime as dt

from reports.books.fec import COLUMNS
from tenants import clock
from tests.factories.invoices import make_issued

DAY = dt.date(2026, 3, 16)


def moment(day):
    return clock.at_hour(day, 9)


def issued(client, *, on=DAY, **fields):
    return make_issued(client, today=on, now=moment(on), **fields)


def read(content):
    """Its lines as dicts, the head checked."""
    head, *lines = content.decode("utf-8").split("\r\n")
    assert (tuple(head.split("\t")), lines.pop()) == (COLUMNS, "")
    cells = [line.split("\t") for line in lines]
    assert {len(line) for line in cells} <= {18}
    return [dict(zip(COLUMNS, line, strict=True)) for line in cells]
