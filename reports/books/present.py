"""Reports as pages and files show them: tabs, formatted rows, columns of what is taken away."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from invoices.ages import AGES, Age
from invoices.models import Receivable
from payments.models import Payment
from reports import places
from reports.books.aged import ClientRow, DocumentRow, PaidBy, Totals
from reports.books.dated import AsOf
from reports.books.forms import PeriodForm
from reports.books.journals import Period
from reports.books.periods import LABELS
from reports.books.sheets import Sheet, Value
from reports.words import late_by, money_text
from tenants.links import tenant_url
from tenants.models import AuditEntry


def tabs(here: str) -> list[dict[str, Any]]:
    """The pages of the section, the one at hand marked."""
    labels = {
        "aged": _("Aged balance"),
        "sales": _("Sales journal"),
        "receipts": _("Receipts journal"),
        "fec": _("Journals in FEC form"),
    }
    return [
        {"url": tenant_url(f"reports:{name}"), "label": label, "is_current": name == here}
        for name, label in labels.items()
    ]


def period_choices(name: str, periods: dict[str, Period], form: PeriodForm) -> list[dict[str, Any]]:
    """The usual periods as links, the one at hand marked."""
    asked = form.period if form.is_valid() else None
    return [
        {
            "url": period_url(name, period),
            "label": LABELS[key],
            "is_current": period == asked,
            "count": None,
        }
        for key, period in periods.items()
    ]


def period_url(name: str, period: Period, **more: str) -> str:
    url = tenant_url(f"reports:{name}")
    first, last = period.first.isoformat(), period.last.isoformat()
    return with_query(url, first=first, last=last, **more)


def export_rows(entries: Iterable[AuditEntry]) -> list[dict[str, Any]]:
    """What was taken away, by whom."""
    return [
        {
            "at": entry.at,
            "who": entry.user.name if entry.user else _("On the server"),
            "first": dt.date.fromisoformat(entry.after["from"]),
            "last": dt.date.fromisoformat(entry.after["to"]),
            "entries": entry.after["entries"],
            "debit": money_text(Decimal(entry.after["debit"]), "EUR"),
        }
        for entry in entries
    ]


def with_query(url: str, **values: object) -> str:
    return f"{url}?{urlencode(values)}"


def aged_url(as_of: AsOf, **more: str) -> str:
    return with_query(tenant_url("reports:aged"), **_asked(as_of), **more)


def client_rows(rows: Iterable[ClientRow], as_of: AsOf) -> list[dict[str, Any]]:
    return [
        {
            "url": with_query(tenant_url("reports:aged_client", row.public_id), **_asked(as_of)),
            "name": row.name,
            "ages": [_amount(amount, as_of) for amount in row.ages],
            "late": _amount(sum(row.ages[1:], Decimal(0)), as_of),
            "owed": money_text(row.owed, as_of.currency),
            "credit": _amount(row.credit, as_of),
        }
        for row in rows
    ]


def totals_row(totals: Totals, as_of: AsOf) -> dict[str, Any]:
    """The foot of the table, and the sentence that ties it to the clients' account."""
    return {
        "clients": totals.clients,
        "ages": [money_text(amount, as_of.currency) for amount in totals.ages],
        "shares": [_share(amount, totals.owed) for amount in totals.ages],
        "owed": money_text(totals.owed, as_of.currency),
        "credit": money_text(totals.credit, as_of.currency),
        "net": money_text(totals.net, as_of.currency),
    }


def document_rows(
    rows: Sequence[DocumentRow], payments: Iterable[PaidBy], as_of: AsOf
) -> list[dict[str, Any]]:
    """The debts of a client, each with what had lowered it."""
    paid_by: dict[int, list[dict[str, str]]] = defaultdict(list)
    means = dict(Payment.Means.choices)
    for payment in payments:
        paid_by[payment.debt_id].append(
            {
                "url": places.payment(payment.payment),
                "words": f"{_day(payment.received_on)} · {means[payment.means]}",
                "amount": money_text(payment.amount, as_of.currency),
            }
        )
    return [
        {
            "url": places.invoice(row.invoice),
            "number": row.number,
            "kind": ""
            if row.kind == Receivable.Kind.INSTALLMENT
            else Receivable.Kind(row.kind).label,
            "issued_on": _day(row.issued_on),
            "due_on": _day(row.due_on),
            "late": late_by((as_of.day - row.due_on).days),
            "amount": money_text(row.amount, as_of.currency),
            "credited": _amount(row.credited, as_of),
            "lost": _amount(row.lost, as_of),
            "owed": money_text(row.owed, as_of.currency),
            "payments": paid_by[row.id],
        }
        for row in rows
    ]


def aged_sheet(rows: Iterable[ClientRow], as_of: AsOf) -> Sheet:
    """One line per client; the currency stands in each, so that the file speaks for itself."""
    heads = [
        _("Client"),
        _("Client number"),
        _("Currency"),
        *(str(age.label) for age in AGES),
        _("Owed"),
        _("Not allocated"),
        _("Net"),
    ]
    return Sheet(
        name=f"{pgettext('file name', 'aged-balance')}-{as_of.day.isoformat()}",
        heads=heads,
        rows=_aged_values(rows, as_of),
    )


def age_heads() -> list[Age]:
    return list(AGES)


def _aged_values(rows: Iterable[ClientRow], as_of: AsOf) -> Iterator[list[Value]]:
    for row in rows:
        yield [row.name, row.number, as_of.currency, *row.ages, row.owed, row.credit, row.net]


def _asked(as_of: AsOf) -> dict[str, str]:
    return {"on": as_of.day.isoformat(), "currency": as_of.currency}


def _amount(amount: Decimal, as_of: AsOf) -> str:
    """Nothing is left blank: a table of zeros is hard to read."""
    return money_text(amount, as_of.currency) if amount else ""


def _share(part: Decimal, whole: Decimal) -> str:
    return f"{part * 100 / whole:.0f} %" if whole else ""


def _day(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")
