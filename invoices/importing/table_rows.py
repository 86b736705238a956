"""One row of a table to one imported invoice: dates in order, sums that agree, a known client."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from core.errors import gettext_noop as _
from invoices.importing import identifiers
from invoices.importing.amounts import parse_amount
from invoices.importing.dates import parse_date
from invoices.importing.findings import Unreadable
from invoices.importing.headings import Columns
from invoices.importing.limits import MAX_NUMBER
from invoices.importing.records import ImportedInvoice, ImportedKind, ImportedParty, Notice, say
from invoices.importing.table_clients import (
    CLIENT_FIELDS,
    BadCell,
    as_text,
    key_of,
    plain,
    read_client,
)
from invoices.importing.tables import Cell

ZERO = Decimal(0)
AMOUNT_FIELDS = ("total_gross", "total_net", "total_vat", "balance", "prepaid")
DATE_FIELDS = ("issued_on", "due_on", "paid_on")
_EMPTY = frozenset(("", "-", "–", "—", "n/a", "na", "néant", "null", "none", "#n/a"))
_YES = frozenset(["oui", "yes", "true", "vrai", "1", "x", "o", "y"])
_KINDS = (
    ("avoir", ImportedKind.CREDIT_NOTE),
    ("credit", ImportedKind.CREDIT_NOTE),
    ("note de credit", ImportedKind.CREDIT_NOTE),
    ("acompte", ImportedKind.DEPOSIT),
    ("facture d acompte", ImportedKind.DEPOSIT),
    ("deposit", ImportedKind.DEPOSIT),
    ("situation", ImportedKind.PROGRESS),
    ("facture de situation", ImportedKind.PROGRESS),
    ("progress", ImportedKind.PROGRESS),
    ("facture rectificative", ImportedKind.CORRECTIVE),
    ("corrective", ImportedKind.CORRECTIVE),
)
_NO_DEBT = ("devis", "quote", "proforma", "pro forma", "commande", "order", "reglement",
            "paiement", "payment", "receipt", "encaissement", "od")  # fmt: skip
_SYMBOLS = {"€": "EUR", "£": "GBP"}  # a bare $ may be any of twenty currencies


@dataclass(frozen=True, slots=True)
class Formats:
    """How this file writes dates and amounts, proved by the file or said by the user."""

    date_order: str
    marks: dict[str, str]
    currency: str  # where the row names none; "" when nobody said
    keep_open: bool = False


@dataclass
class RowReader:
    """Reads rows of one file; remembers clients, and numbers already seen."""

    file: str
    sha256: str
    columns: Columns
    formats: Formats
    _clients: dict[tuple[Cell, ...], tuple[ImportedParty, str]] = field(default_factory=dict)
    _seen: dict[tuple[str, str], int] = field(default_factory=dict)

    def read(self, line: int, cells: list[Cell]) -> ImportedInvoice:
        """Return the invoice of a row. Raises BadCell with the field that is wrong."""
        at = self._by_field(cells)
        party, key = self._client(at)
        number = self._number(at)
        issued_on, due_on, paid_on = self._dates(at)
        kind = _kind(at)
        gross, remaining, prepaid = self._amounts(at, kind, paid_on)
        net, vat = self._net_and_vat(at, kind, gross)
        invoice = ImportedInvoice(
            file=self.file,
            line=line,
            sha256=self.sha256,
            kind=kind,
            number=number,
            issued_on=issued_on,
            due_on=due_on,
            terms=as_text(at.get("terms", ""), "terms"),
            currency=self._currency(at),
            total_net=net,
            total_vat=vat,
            total_gross=gross,
            prepaid=prepaid,
            remaining=remaining,
            buyer=party,
            order_reference=as_text(at.get("order_reference", ""), "order_reference"),
            iban=_iban(at),
            notes=(str(at["notes"]),) if "notes" in at else (),
            paid_on=paid_on,
            is_disputed=str(at.get("disputed", "")).lower() in _YES,
            warnings=self._warnings(line, due_on, remaining),
        )
        self._once(key, number, line)
        return invoice

    def amount(self, at: dict[str, Cell], name: str) -> Decimal | None:
        """Return the amount in a field, None when the cell is empty."""
        cell = at.get(name)
        if cell is None:
            return None
        try:
            return parse_amount(cell, self.formats.marks.get(name, "."))
        except Unreadable as stop:
            raise BadCell(stop.reason, name) from None

    def _by_field(self, cells: list[Cell]) -> dict[str, Cell]:
        return {
            name: cells[position]
            for name, position in self.columns.positions.items()
            if position < len(cells) and not is_empty(cells[position])
        }

    def _client(self, at: dict[str, Cell]) -> tuple[ImportedParty, str]:
        raw = tuple(at.get(name, "") for name in CLIENT_FIELDS)
        if raw not in self._clients:
            party = read_client(at)
            self._clients[raw] = party, key_of(party)
        return self._clients[raw]

    def _number(self, at: dict[str, Cell]) -> str:
        number = as_text(at.get("number", ""), "number")
        if not number:
            raise BadCell(say(_("The invoice number is missing.")), "number")
        if len(number) > MAX_NUMBER:
            raise BadCell(
                say(
                    _("The invoice number is longer than %(limit)s characters."),
                    limit=MAX_NUMBER,
                ),
                "number",
            )
        return number

    def _once(self, key: str, number: str, line: int) -> None:
        first = self._seen.setdefault((key, number.casefold()), line)
        if first != line:
            raise BadCell(
                say(
                    _("Invoice %(number)s of this client is already on line %(line)s."),
                    number=number,
                    line=first,
                ),
                "number",
            )

    def _dates(self, at: dict[str, Cell]) -> tuple[dt.date, dt.date | None, dt.date | None]:
        issued_on, due_on, paid_on = (self._date(at, name) for name in DATE_FIELDS)
        if issued_on is None:
            raise BadCell(say(_("The invoice date is missing.")), "issued_on")
        if due_on is not None and due_on < issued_on:
            raise BadCell(
                say(
                    _("The due date %(due_on)s is before the issue date %(issued_on)s."),
                    due_on=due_on,
                    issued_on=issued_on,
                ),
                "due_on",
            )
        return issued_on, due_on, paid_on

    def _date(self, at: dict[str, Cell], name: str) -> dt.date | None:
        if name not in at:
            return None
        try:
            return parse_date(at[name], self.formats.date_order)
        except Unreadable as stop:
            raise BadCell(stop.reason, name) from None

    def _amounts(
        self, at: dict[str, Cell], kind: ImportedKind, paid_on: dt.date | None
    ) -> tuple[Decimal, Decimal, Decimal]:
        """Return total, what remains of it, and what was paid; positive for every kind."""
        gross, balance, prepaid = (
            _positive(self.amount(at, name), kind, name)
            for name in ("total_gross", "balance", "prepaid")
        )
        if gross is None:
            if balance is None:
                raise BadCell(say(_("The amount is missing.")), self._amount_field())
            gross = balance + (prepaid or ZERO)
        if not gross:
            raise BadCell(say(_("The amount is zero.")), self._amount_field())
        if balance is None:
            settled = paid_on is not None and prepaid is None and not self.formats.keep_open
            balance = ZERO if settled else gross - (prepaid or ZERO)
        if not ZERO <= balance <= gross:
            raise BadCell(
                say(
                    _("What remains due (%(balance)s) does not fit the total (%(gross)s)."),
                    balance=balance,
                    gross=gross,
                ),
                "balance",
            )
        if prepaid is not None and gross - prepaid != balance:
            raise BadCell(
                say(
                    _("Total %(gross)s less paid %(prepaid)s is not the remaining %(balance)s."),
                    gross=gross,
                    prepaid=prepaid,
                    balance=balance,
                ),
                "balance",
            )
        return gross, balance, gross - balance

    def _net_and_vat(
        self, at: dict[str, Cell], kind: ImportedKind, gross: Decimal
    ) -> tuple[Decimal | None, Decimal | None]:
        net = _positive(self.amount(at, "total_net"), kind, "total_net")
        vat = _positive(self.amount(at, "total_vat"), kind, "total_vat")
        if net is not None and vat is not None and net + vat != gross:
            raise BadCell(
                say(
                    _("Net %(net)s and VAT %(vat)s do not add up to the total %(gross)s."),
                    net=net,
                    vat=vat,
                    gross=gross,
                ),
                "total_vat",
            )
        return net, vat

    def _amount_field(self) -> str:
        return "total_gross" if "total_gross" in self.columns.positions else "balance"

    def _currency(self, at: dict[str, Cell]) -> str:
        stated = str(at.get("currency", ""))
        if stated:
            code = _SYMBOLS.get(stated) or identifiers.valid_currency(stated)
            if not code:
                raise BadCell(say(_("“%(text)s” is not a currency."), text=stated), "currency")
            return code
        cell = str(at.get(self._amount_field(), ""))
        marked = next((code for sign, code in _SYMBOLS.items() if sign in cell), "")
        currency = marked or self.columns.currency or self.formats.currency
        if not currency:
            raise BadCell(say(_("The file does not say the currency.")), "currency")
        return currency

    def _warnings(
        self, line: int, due_on: dt.date | None, remaining: Decimal
    ) -> tuple[Notice, ...]:
        if due_on is not None or not remaining:
            return ()
        reason = say(_("The file gives no due date: your usual payment terms will be applied."))
        return (Notice(self.file, line, self.columns.heading("due_on"), reason),)


def is_empty(cell: Cell) -> bool:
    """Tell whether a cell says nothing."""
    return isinstance(cell, str) and cell.lower() in _EMPTY


def _positive(value: Decimal | None, kind: ImportedKind, name: str) -> Decimal | None:
    if value is None or value >= 0:
        return value
    if kind is ImportedKind.CREDIT_NOTE:
        return -value
    raise BadCell(
        say(
            _(
                "The amount %(amount)s is negative. A credit note is marked as such in a column "
                "“type”."
            ),
            amount=value,
        ),
        name,
    )


def _kind(at: dict[str, Cell]) -> ImportedKind:
    stated = plain(str(at.get("kind", "")))
    for word, kind in _KINDS:
        if stated.startswith(word):
            return kind
    if stated.startswith(_NO_DEBT):
        raise BadCell(
            say(_("“%(text)s” is not an invoice."), text=at["kind"]),
            "kind",
        )
    return ImportedKind.INVOICE


def _iban(at: dict[str, Cell]) -> str:
    stated = str(at.get("iban", ""))
    number = identifiers.valid_iban(stated) if stated else ""
    if stated and not number:
        raise BadCell(say(_("“%(text)s” is not a valid IBAN."), text=stated), "iban")
    return number
