"""The journals as pages and files show them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import Any

from django.utils.formats import date_format
from django.utils.translation import get_language, pgettext
from django.utils.translation import gettext as _

from core.money import format_percent
from invoices.models import Invoice
from payments.models import Movement, Payment
from reports import places
from reports.books.entries import client_account
from reports.books.journals import MeansTotal, Period, RateTotal, Receipt, Sale
from reports.books.sheets import Sheet, Value
from reports.words import money_text

ZERO = Decimal(0)


def sale_rows(rows: Iterable[Sale]) -> list[dict[str, Any]]:
    kinds = dict(Invoice.Kind.choices)
    return [
        {
            "url": places.invoice(row.public_id),
            "number": row.number,
            "kind": kinds[row.kind] if row.is_credit else "",
            "issued_on": date_format(row.issued_on, "SHORT_DATE_FORMAT"),
            "client": row.client_name,
            "client_url": places.client(row.client),
            "net": money_text(row.net, row.currency),
            "vat": money_text(row.vat, row.currency),
            "gross": money_text(row.gross, row.currency),
        }
        for row in rows
    ]


def rate_rows(totals: list[RateTotal]) -> list[dict[str, Any]]:
    """One per rate, and under each currency their sum."""
    found: list[dict[str, Any]] = []
    for currency in dict.fromkeys(total.currency for total in totals):
        its = [total for total in totals if total.currency == currency]
        found += [
            _rate_row(_rate(total.category, total.rate), total.net, total.vat, total)
            for total in its
        ]
        net, vat = sum((t.net for t in its), ZERO), sum((t.vat for t in its), ZERO)
        found.append({**_rate_row(_("Total"), net, vat, its[0]), "is_sum": True})
    return found


def receipt_rows(rows: Iterable[Receipt]) -> list[dict[str, Any]]:
    means, kinds = dict(Payment.Means.choices), dict(Movement.Kind.choices)
    return [
        {
            "url": places.payment(row.payment),
            "received_on": date_format(row.received_on, "SHORT_DATE_FORMAT"),
            "client": row.client_name,
            "means": means[row.means],
            "kind": kinds[row.kind],
            "is_out": row.amount < ZERO,
            "amount": money_text(row.amount, row.currency),
        }
        for row in rows
    ]


def means_rows(totals: list[MeansTotal]) -> list[dict[str, Any]]:
    """One per means, and under each currency their sum."""
    means = dict(Payment.Means.choices)
    found: list[dict[str, Any]] = []
    for currency in dict.fromkeys(total.currency for total in totals):
        its = [total for total in totals if total.currency == currency]
        found += [
            {"label": means[each.means], "amount": money_text(each.amount, currency)}
            for each in its
        ]
        whole = sum((each.amount for each in its), ZERO)
        found.append({"label": _("Total"), "amount": money_text(whole, currency), "is_sum": True})
    return found


def sales_sheet(rows: Iterable[Sale], period: Period) -> Sheet:
    """One line per document and rate, so that columns can be added up by rate."""
    heads = [
        _("Date"), _("Number"), _("Kind"), _("Client"), _("Client account"), _("Currency"),
        _("VAT category"), _("VAT rate"), _("Before VAT"), _("VAT"), _("With VAT"),
    ]  # fmt: skip
    return Sheet(_name(pgettext("file name", "sales"), period), heads, _sale_values(rows))


def receipts_sheet(rows: Iterable[Receipt], period: Period) -> Sheet:
    """One line per movement; what left again is below zero."""
    heads = [
        _("Date"), _("Recorded on"), _("Reference"), _("Kind"), _("By"), _("Client"),
        _("Client account"), _("Currency"), _("Amount"),
    ]  # fmt: skip
    return Sheet(_name(pgettext("file name", "receipts"), period), heads, _receipt_values(rows))


def _sale_values(rows: Iterable[Sale]) -> Iterator[list[Value]]:
    kinds = {key: str(label) for key, label in Invoice.Kind.choices}
    for row in rows:
        account = client_account(row.client_number, row.client)
        who: list[Value] = [row.client_name, account, row.currency]
        for part in row.parts:
            yield [
                row.issued_on, row.number, kinds[row.kind], *who,
                part.category, part.rate, part.net, part.vat, part.net + part.vat,
            ]  # fmt: skip


def _receipt_values(rows: Iterable[Receipt]) -> Iterator[list[Value]]:
    means = {key: str(label) for key, label in Payment.Means.choices}
    kinds = {key: str(label) for key, label in Movement.Kind.choices}
    for row in rows:
        account = client_account(row.client_number, row.client)
        yield [
            row.received_on, row.recorded_on, f"MVT-{row.sequence}", kinds[row.kind],
            means[row.means], row.client_name, account, row.currency, row.amount,
        ]  # fmt: skip


def _rate_row(label: str, net: Decimal, vat: Decimal, total: RateTotal) -> dict[str, Any]:
    return {
        "label": label,
        "net": money_text(net, total.currency),
        "vat": money_text(vat, total.currency),
        "gross": money_text(net + vat, total.currency),
    }


def _rate(category: str, rate: Decimal) -> str:
    """The rate; where none is due, why, in the letters of EN 16931."""
    text = format_percent(rate, get_language() or "fr")
    return text if category == "S" else f"{text} ({category})"


def _name(stem: str, period: Period) -> str:
    return f"{stem}-{period.first.isoformat()}-{period.last.isoformat()}"
