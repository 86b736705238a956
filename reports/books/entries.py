"""Sales and receipts as entries of the books: what is debited, what is credited, and where.

A sale debits the client (411) and credits sales (70) and VAT (4457) for each rate; a credit note
is its reversal; money debits the bank, the till or what is to be cashed, and credits the client.
Words are French: these are the books of a French business (PCG, CGI art. 54).
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Final, NamedTuple
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from core.errors import DomainError
from invoices.account_plan import Entry as Account
from invoices.account_plan import Use
from reports.books.journals import Receipt, Sale

ZERO = Decimal(0)
HOUSE_CURRENCY = "EUR"
JOURNALS: Final = {"VE": "Ventes", "BQ": "Banque", "CA": "Caisse"}
_SALES: Final = {
    "GOODS": Use.SALES_GOODS,
    "SERVICES": Use.SALES_SERVICES,
    "MIXED": Use.SALES_MIXED,
}
_MONEY: Final = {"CHEQUE": Use.CHEQUES, "CASH": Use.CASH, "CARD": Use.CARDS}
_KINDS: Final = {
    "CHARGE": "Règlement",
    "REFUND_FAILED": "Remboursement rejeté",
    "CHARGEBACK_REVERSED": "Contestation gagnée",
    "CHARGE_REVERSED": "Règlement rejeté",
    "REFUND": "Remboursement",
    "CHARGEBACK": "Règlement contesté",
    "UNDONE": "Annulation d’un règlement",
    "BOUNCED": "Règlement impayé",
}
_MEANS: Final = {
    "TRANSFER": "virement",
    "CHEQUE": "chèque",
    "CASH": "espèces",
    "CARD": "carte",
    "DIRECT_DEBIT": "prélèvement",
    "OTHER": "autre moyen",
}
Plan = Mapping[str, Account]


class NotInEuros(DomainError):
    """A document is in another currency, and its value in euros is nowhere kept."""


class Unbalanced(DomainError):
    """The parts of a document do not add up to its total."""


class Line(NamedTuple):
    """One line of an entry, in euros; one of the two amounts is zero, neither is below it."""

    account: Account
    debit: Decimal
    credit: Decimal
    client_number: str = ""
    client_name: str = ""


class Entry(NamedTuple):
    """An entry: its debits equal its credits. `valid_on` is the day it became final."""

    journal: str
    on: dt.date
    valid_on: dt.date
    piece: str
    label: str
    lines: tuple[Line, ...]


def sale_entry(sale: Sale, plan: Plan) -> Entry:
    """The entry of a document; without lines when it is of nothing.

    Raises:
        NotInEuros: it is in another currency.
        Unbalanced: its rates do not add up to its total.
    """
    _check_currency(sale.number, sale.currency)
    vat = Use.VAT_GOODS if _is_due_when_invoiced(sale) else Use.VAT_SERVICES
    lines = [_client_line(sale.gross, sale, plan)]
    for part in sale.parts:
        lines.append(_line(plan[_SALES[sale.operation]], -part.net))
        lines.append(_line(plan[vat], -part.vat))
    word = "Avoir" if sale.is_credit else "Facture"
    return Entry(
        journal="VE",
        on=sale.issued_on,
        valid_on=sale.valid_on,
        piece=sale.number,
        label=f"{word} {sale.number} {sale.client_name}",
        lines=_lines(sale.number, lines),
    )


def receipt_entry(receipt: Receipt, plan: Plan) -> Entry:
    """The entry of money that came in or left again.

    Raises:
        NotInEuros: it is in another currency.
    """
    piece = f"MVT-{receipt.sequence}"
    _check_currency(piece, receipt.currency)
    use = Use.CARDS if receipt.is_online else _MONEY.get(receipt.means, Use.BANK)
    lines = (_line(plan[use], receipt.amount), _client_line(-receipt.amount, receipt, plan))
    return Entry(
        journal="CA" if use == Use.CASH else "BQ",
        on=receipt.received_on,
        valid_on=max(receipt.received_on, receipt.recorded_on),
        piece=piece,
        label=f"{_KINDS[receipt.kind]} {receipt.client_name}, {_MEANS[receipt.means]}",
        lines=_lines(piece, lines),
    )


def client_account(number: str, client: UUID) -> str:
    """A client's own account below 411: their number, else one that never changes."""
    return number or f"C{client.hex[:12].upper()}"


def _is_due_when_invoiced(sale: Sale) -> bool:
    return sale.operation == "GOODS" or sale.is_on_debits


def _check_currency(piece: str, currency: str) -> None:
    if currency != HOUSE_CURRENCY:
        raise NotInEuros(
            _("%(piece)s is in %(currency)s, and its value in euros is not kept here: the journals"
              " of this period cannot be written in FEC form."),
            piece=piece,
            currency=currency,
        )  # fmt: skip


def _client_line(amount: Decimal, document: Sale | Receipt, plan: Plan) -> Line:
    number = client_account(document.client_number, document.client)
    return _line(plan[Use.CLIENTS], amount, number, document.client_name)


def _line(account: Account, amount: Decimal, *client: str) -> Line:
    """Debited when above zero, credited when below; `client` is number and name."""
    if amount > 0:
        return Line(account, amount, ZERO, *client)
    return Line(account, ZERO, -amount, *client)


def _lines(piece: str, lines: Iterable[Line]) -> tuple[Line, ...]:
    """Those that are of something; together they balance."""
    kept = tuple(line for line in lines if line.debit or line.credit)
    if sum([line.debit for line in kept]) != sum([line.credit for line in kept]):
        raise Unbalanced(_("%(piece)s does not balance."), piece=piece)
    return kept
