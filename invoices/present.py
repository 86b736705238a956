"""Invoices as pages show them: plain rows, formatted here and not in templates."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

from django.utils.formats import date_format
from django.utils.translation import get_language, ngettext
from django.utils.translation import gettext as _

from core.errors import DomainError
from core.money import CURRENCIES, format_money
from invoices.agreed_terms import terms_of
from invoices.listing import COUNTED, Row
from invoices.models import Invoice, Receivable
from invoices.terms import due_on as due_date
from invoices.totals import draft_totals
from tenants.links import tenant_url

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

SOON = 7  # days
ZERO = Decimal(0)
Chip = tuple[str, "StrOrPromise"]


class InvoiceRow(NamedTuple):
    """One line of the list, ready to print."""

    url: str
    number: str
    client: str
    issued_on: str
    due_on: str
    chip: str
    chip_label: StrOrPromise
    gross: str
    owed: str
    is_late: bool


def invoice_rows(rows: Iterable[Row], today: dt.date) -> list[InvoiceRow]:
    """Rows of `invoices.listing` in the reader's language."""
    language = get_language() or "fr"
    detail = tenant_url("invoices:detail", "00000000-0000-0000-0000-000000000000")
    stem = detail.removesuffix("00000000-0000-0000-0000-000000000000/")
    return [_row(row, today, language, stem) for row in rows]


def chip_of(
    *, state: str, kind: str, owed: Decimal, gross: Decimal, due: dt.date | None, today: dt.date
) -> Chip:
    """The derived state of a document: colour of the chip, and a word where it differs."""
    language = get_language() or "fr"
    return _chip_in(
        state=state, kind=kind, owed=owed, gross=gross, due=due, today=today, language=language
    )


def shown_day(day: dt.date | None) -> str:
    return _day_in(day, get_language() or "fr") if day else ""


def money(amount: Decimal | None, currency: str) -> str:
    return "" if amount is None else format_money(amount, currency, get_language() or "fr")


def count_words(count: int) -> str:
    """“12 invoices”, “1,000+ invoices”."""
    if count > COUNTED:
        return _("%(count)s+ invoices") % {"count": f"{COUNTED:,}".replace(",", "\u202f")}
    return ngettext("%(count)s invoice", "%(count)s invoices", count) % {"count": count}


def debt_lines(
    receivables: Sequence[Receivable], today: dt.date, *, may_write: bool
) -> list[dict[str, Any]]:
    """The receivables of one invoice: what for, due when, how much is left, what can be done."""
    return [
        {
            "label": receivable.get_kind_display(),
            "due_on": shown_day(receivable.due_on),
            "amount": money(receivable.amount, receivable.currency),
            "paid": _settled_by(receivable),
            "owed": money(receivable.balance, receivable.currency),
            "chip": _debt_chip(receivable, today),
            "reference": receivable.reference,
            "give_up_url": _give_up_url(receivable) if may_write else "",
            "is_fee": receivable.kind != Receivable.Kind.INSTALLMENT,
        }
        for receivable in receivables
        if not (receivable.plan_id and receivable.replaced == receivable.amount)  # undone
    ]


def draft_totals_shown(lines: Iterable[Any], header: Any, today: dt.date) -> dict[str, Any]:
    """Totals of a draft being typed, as far as it can be reckoned, and when it would fall due."""
    code = header.get("currency") or "EUR"
    code = code if code in CURRENCIES else "EUR"
    drafts = [line.draft_line() for line in lines]
    totals, nets = draft_totals(drafts, code=code)
    return {
        "net": money(totals.net, code),
        "gross": money(totals.gross, code),
        "by_rate": [
            {"rate": part.rate, "base": money(part.base, code), "vat": money(part.vat, code)}
            for part in totals.by_rate
        ],
        "nets": [money(net, code) for net in nets],
        "is_partial": None in nets,
        "due_on": shown_day(_due_if_issued(header, today)),
    }


@lru_cache(maxsize=4096)
def _day_in(day: dt.date, language: str) -> str:
    """Kept: a list shows the same days again and again, and formatting one takes long."""
    return date_format(day, "SHORT_DATE_FORMAT")


def _row(row: Row, today: dt.date, language: str, stem: str) -> InvoiceRow:
    owed = row.owed or ZERO
    chip, label = _chip_in(
        state=row.state,
        kind=row.kind,
        owed=owed,
        gross=row.gross,
        due=row.due,
        today=today,
        language=language,
    )
    gross = -row.gross if row.kind == Invoice.Kind.CREDIT_NOTE else row.gross
    return InvoiceRow(
        url=f"{stem}{row.page}/",
        number=row.number or _("Draft"),
        client=row.client_name,
        issued_on=_day_in(row.issued_on, language) if row.issued_on else "",
        due_on=_day_in(row.due, language) if row.due else "",
        chip=chip,
        chip_label=label,
        gross=format_money(gross, row.currency, language),
        owed=format_money(owed, row.currency, language) if owed else "",
        is_late=bool(owed and row.due and row.due < today),
    )


def _chip_in(
    *,
    state: str,
    kind: str,
    owed: Decimal,
    gross: Decimal,
    due: dt.date | None,
    today: dt.date,
    language: str,
) -> Chip:
    if state != Invoice.State.ISSUED:
        return state, ""
    if kind == Invoice.Kind.CREDIT_NOTE:
        return "ACCEPTED", _("Credit note")
    if not owed or due is None:
        return "PAID", ""
    return _open_chip(owed < gross, (due - today).days, language)


@lru_cache(maxsize=4096)
def _open_chip(is_part_paid: bool, days_left: int, language: str) -> tuple[str, str]:
    """Kept like days: the words of a chip depend on the language and on little else."""
    if days_left < 0:
        late = ngettext("%(days)s day late", "%(days)s days late", -days_left)
        return "OVERDUE", late % {"days": -days_left}
    if is_part_paid:
        return "PART_PAID", ""
    if days_left == 0:
        return "DUE_TODAY", ""
    return ("DUE", "") if days_left <= SOON else ("SENT", _("Open"))


def _debt_chip(receivable: Receivable, today: dt.date) -> Chip:
    if receivable.balance:
        days_left = (receivable.due_on - today).days
        is_part_paid = receivable.balance < receivable.amount - receivable.replaced
        return _open_chip(is_part_paid, days_left, get_language() or "fr")
    if receivable.replaced:
        return "PLAN", _("In a payment plan")
    if receivable.written_off:
        return "WRITTEN_OFF", receivable.written_off_reason
    return ("CANCELLED", _("Credited")) if receivable.credited else ("PAID", "")


def _settled_by(receivable: Receivable) -> str:
    return money(receivable.allocated, receivable.currency) if receivable.allocated else ""


def _give_up_url(receivable: Receivable) -> str:
    if not receivable.balance:
        return ""
    return tenant_url("invoices:write_off", receivable.public_id)


def _due_if_issued(header: Any, today: dt.date) -> dt.date | None:
    code = header.get("terms") or ""
    if code == "FIXED":
        return None
    try:
        return due_date(terms_of(code), today)
    except DomainError:
        return None
