"""Finds which column holds what, by French and English headings or by an explicit mapping."""

from __future__ import annotations

import re
import unicodedata
from collections import abc
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from core.errors import gettext_noop as _
from invoices.importing import identifiers
from invoices.importing.findings import Unreadable
from invoices.importing.records import say
from invoices.importing.tables import Cell, Table

# Field → headings, the most telling first: of "Montant TTC" and "Montant", the first is taken.
SYNONYMS: dict[str, tuple[str, ...]] = {
    "number": (
        "numéro de facture", "invoice number", "facture n°", "invoice no", "invoice id",
        "référence facture", "ref facture", "invoice reference", "invoice ref", "numéro de pièce",
        "document number", "doc number", "facture", "invoice", "pièce", "document", "numéro",
        "number", "référence", "reference", "ref",
    ),
    "client": (
        "nom du client", "customer name", "client name", "raison sociale", "nom client", "client",
        "customer", "société", "entreprise", "company name", "company", "débiteur", "debtor",
        "nom du tiers", "tiers", "destinataire", "acheteur", "buyer", "account name", "nom", "name",
    ),
    "client_reference": (
        "code client", "numéro client", "customer id", "client id", "id client", "customer number",
        "customer code", "client code", "compte client", "compte tiers", "code tiers",
        "compte auxiliaire", "référence client", "customer reference", "account code",
        "account number", "numéro de compte",
    ),
    "issued_on": (
        "date de facture", "date de la facture", "invoice date", "date d'émission", "issue date",
        "date de facturation", "issued on", "date de pièce", "document date", "date du document",
        "émise le", "issued", "date",
    ),
    "due_on": (
        "date d'échéance", "due date", "échéance", "due on", "date limite de paiement",
        "date limite de règlement", "date limite", "payment due", "payable le", "à payer avant le",
        "date d'exigibilité", "due",
    ),
    "total_gross": (
        "montant ttc", "total ttc", "amount incl vat", "amount including vat", "total incl vat",
        "total including tax", "total incl tax", "gross amount", "invoice amount",
        "montant de la facture", "total facture", "invoice total", "montant total", "total amount",
        "montant initial", "original amount", "ttc", "gross", "montant", "amount", "total",
    ),
    "total_net": (
        "montant ht", "total ht", "amount excl vat", "amount excluding vat", "total excl vat",
        "total excl tax", "net amount", "subtotal", "ht", "net",
    ),
    "total_vat": (
        "montant tva", "total tva", "vat amount", "total vat", "tax amount", "tva", "vat", "tax",
    ),
    "balance": (
        "reste dû", "restant dû", "solde dû", "reste à payer", "reste à régler", "balance due",
        "amount due", "amount outstanding", "outstanding amount", "open amount", "open balance",
        "montant restant", "montant dû", "solde restant", "outstanding", "remaining", "solde",
        "balance", "restant", "unpaid", "impayé", "encours",
    ),
    "prepaid": (
        "montant réglé", "montant payé", "amount paid", "paid amount", "déjà réglé", "déjà payé",
        "encaissé", "acompte versé", "paid", "réglé", "payé",
    ),
    "currency": ("devise", "currency", "code devise", "currency code", "monnaie"),
    "email": (
        "email facturation", "billing email", "adresse email", "adresse e-mail", "email address",
        "email client", "customer email", "contact email", "courriel", "email", "e-mail", "mail",
        "adresse mail",
    ),
    "siren": ("siren", "numéro siren"),
    "siret": ("siret", "numéro siret"),
    "vat_number": (
        "numéro de tva intracommunautaire", "numéro de tva", "tva intracommunautaire",
        "tva intracom", "tva intra", "vat number", "vat id", "vat registration number",
        "identifiant tva",
    ),
    "country": ("code pays", "country code", "pays", "country"),
    "address": ("adresse", "address", "adresse 1", "address 1", "address line 1", "rue", "street"),
    "postcode": ("code postal", "cp", "postcode", "postal code", "zip code", "zip"),
    "city": ("ville", "city", "town"),
    "phone": ("téléphone", "tél", "phone", "phone number", "telephone", "mobile", "portable"),
    "contact": ("nom du contact", "contact name", "contact", "interlocuteur"),
    "paid_on": (
        "date de règlement", "date de paiement", "réglé le", "payé le", "payment date", "paid on",
        "settled date", "settled on", "date paid", "paid date", "settlement date",
    ),
    "terms": (
        "conditions de paiement", "conditions de règlement", "payment terms", "délai de paiement",
        "terms", "conditions",
    ),
    "kind": (
        "type de document", "type de pièce", "document type", "type de facture", "invoice type",
        "nature", "type", "kind",
    ),
    "order_reference": (
        "bon de commande", "numéro de commande", "référence commande", "purchase order",
        "po number", "order number", "order reference", "commande", "po", "order",
    ),
    "disputed": ("en litige", "litige", "disputed", "dispute", "contesté"),
    "iban": ("iban",),
    "notes": ("commentaire", "commentaires", "comment", "comments", "remarque", "notes", "note",
              "objet", "libellé", "description"),
}  # fmt: skip
FIELDS = frozenset(SYNONYMS)
_HEADER_ROWS = 25
_FEWEST_COLUMNS = 3  # number, client, amount
_FILLERS = frozenset(["de", "du", "d", "la", "les", "l", "des", "the", "of"])
_NUMBER_WORDS = frozenset(("number", "no", "n", "nr", "num", "nb"))
_CURRENCY_WORDS = {"eur": "EUR", "euro": "EUR", "euros": "EUR", "usd": "USD", "gbp": "GBP",
                   "chf": "CHF", "cad": "CAD"}  # fmt: skip
_FRENCH = frozenset(
    [
        "facture",
        "echeance",
        "montant",
        "ttc",
        "ht",
        "tva",
        "solde",
        "reste",
        "restant",
        "du",
        "regle",
        "reglement",
        "devise",
        "piece",
        "societe",
        "raison",
        "sociale",
        "courriel",
        "pays",
        "ville",
        "litige",
        "paiement",
        "emission",
    ]
)


@dataclass(frozen=True, slots=True)
class Mapping:
    """Which heading holds which field, said by the user instead of guessed.

    `positions` says the same by the number of the column, counted from 0, below the headings on
    `line`: for files whose headings say nothing, or say the same twice.
    `date_order` is "DMY" or "MDY", `decimal_mark` "," or ".", `currency` an ISO code; each None
    lets the file prove it. With `keep_open`, invoices stay open although a payment date is given.
    """

    columns: abc.Mapping[str, str] = field(default_factory=dict)
    date_order: str | None = None
    decimal_mark: str | None = None
    currency: str | None = None
    keep_open: bool = False
    positions: abc.Mapping[str, int] = field(default_factory=dict)
    line: int = 0

    def __post_init__(self) -> None:
        unknown = (self.columns.keys() | self.positions.keys()) - FIELDS
        if unknown:
            message = f"No such fields: {', '.join(sorted(unknown))}"
            raise ValueError(message)


# The public sample of 1,494 invoices; its country column is no country code and is left out.
AR_HISTORY = Mapping(
    columns={
        "number": "invoiceNumber",
        "client": "customerID",
        "client_reference": "customerID",
        "issued_on": "InvoiceDate",
        "due_on": "DueDate",
        "total_gross": "InvoiceAmount",
        "disputed": "Disputed",
        "paid_on": "SettledDate",
    },
    date_order="MDY",
    decimal_mark=".",
    currency="EUR",
    keep_open=True,
)


@dataclass(frozen=True, slots=True)
class Columns:
    """Where the headings stand and which field is in which position."""

    line: int
    headings: tuple[str, ...]
    positions: dict[str, int]
    currency: str = ""  # named in a heading: "Montant TTC (€)"
    are_french: bool = False

    def heading(self, name: str) -> str:
        position = self.positions.get(name)
        return "" if position is None else self.headings[position]


def score(cells: Sequence[str]) -> int:
    """Return how many different fields a row of headings names."""
    return len({found for cell in cells if (found := _field_of(cell)[0])})


def find_columns(table: Table, mapping: Mapping | None) -> Columns:
    """Find the row of headings among the first 25. Raises Unreadable when there is none."""
    line, headings = heading_row(table, mapping)
    if mapping and mapping.positions:
        positions = {
            name: position
            for name, position in mapping.positions.items()
            if position < len(headings)
        }
    elif mapping and mapping.columns:
        positions = _explicit(headings, mapping)
    else:
        positions = _recognised(headings)
    _require(positions, headings)
    tokens = {word for heading in headings for word in _words(heading)}
    named = {_CURRENCY_WORDS[word] for word in tokens if word in _CURRENCY_WORDS}
    return Columns(
        line=line,
        headings=tuple(headings),
        positions=positions,
        currency=named.pop() if len(named) == 1 else "",
        are_french=len(tokens & _FRENCH) > 1,
    )


def heading_row(table: Table, mapping: Mapping | None) -> tuple[int, list[str]]:
    """The row of headings and its line: said, or the one that names most; line 0 without any."""
    best: tuple[int, int, list[str]] = (0, 0, [])
    for _number, (line, cells) in zip(range(_HEADER_ROWS), table.rows(), strict=False):
        texts = [str(cell) for cell in cells]
        points = _points(line, texts, mapping)
        if points > best[0]:
            best = (points, line, texts)
    return best[1:]


def likely_headings(table: Table) -> tuple[int, list[str]]:
    """The first row that is wide enough, where no heading says anything."""
    for _number, (line, cells) in zip(range(_HEADER_ROWS), table.rows(), strict=False):
        if sum(1 for cell in cells if cell != "") >= _FEWEST_COLUMNS:
            return line, [str(cell) for cell in cells]
    return 0, []


def settle_vat_column(columns: Columns, cells: Sequence[Cell]) -> bool:
    """Move the column "TVA" from amounts to VAT numbers when it holds one. True when moved."""
    position = columns.positions.get("total_vat")
    if position is None or position >= len(cells) or "vat_number" in columns.positions:
        return False
    cell = cells[position]
    if not isinstance(cell, str) or not identifiers.valid_vat_number(cell):
        return False
    columns.positions["vat_number"] = columns.positions.pop("total_vat")
    return True


def _recognised(headings: Sequence[str]) -> dict[str, int]:
    found: dict[str, tuple[int, int]] = {}
    for position, heading in enumerate(headings):
        name, rank = _field_of(heading)
        if name and (name not in found or rank < found[name][0]):
            found[name] = (rank, position)
        elif name and rank == found[name][0]:
            raise Unreadable(
                say(_("Two columns are called “%(heading)s”: rename one."), heading=heading)
            )
    return {name: position for name, (_rank, position) in found.items()}


def _points(line: int, texts: Sequence[str], mapping: Mapping | None) -> int:
    if mapping and mapping.positions:
        return int(line == mapping.line)
    return _mapped(texts, mapping) if mapping and mapping.columns else score(texts)


def _mapped(headings: Sequence[str], mapping: Mapping) -> int:
    return len({text.casefold() for text in mapping.columns.values()} & _folded(headings).keys())


def _explicit(headings: Sequence[str], mapping: Mapping) -> dict[str, int]:
    there = _folded(headings)
    for heading in mapping.columns.values():
        if heading.casefold() not in there:
            raise Unreadable(
                say(_("There is no column “%(heading)s” in the file."), heading=heading)
            )
    return {name: there[heading.casefold()] for name, heading in mapping.columns.items()}


def _folded(headings: Sequence[str]) -> dict[str, int]:
    return {heading.casefold(): position for position, heading in enumerate(headings)}


def _require(positions: dict[str, int], headings: Sequence[str]) -> None:
    needs = (
        (("number",), _("the invoice number")),
        (("client", "client_reference"), _("the client")),
        (("issued_on",), _("the invoice date")),
        (("total_gross", "balance"), _("the amount")),
    )
    for names, what in needs:
        if not any(name in positions for name in names):
            raise Unreadable(
                say(
                    _("No column holds %(what)s. The columns found are: %(headings)s."),
                    what=what,
                    headings=", ".join(each for each in headings if each)[:300] or "-",
                )
            )


@lru_cache(maxsize=1024)
def _field_of(heading: str) -> tuple[str, int]:
    return _by_words().get(_words(heading, without_currency=True), ("", 0))


@lru_cache(maxsize=1)
def _by_words() -> dict[tuple[str, ...], tuple[str, int]]:
    table: dict[tuple[str, ...], tuple[str, int]] = {}
    for name, headings in SYNONYMS.items():
        for rank, heading in enumerate(headings):
            table.setdefault(_words(heading), (name, rank))
    return table


def _words(heading: str, *, without_currency: bool = False) -> tuple[str, ...]:
    """Return a heading's words in one plain spelling: no accents, no fillers, n° as numero."""
    text = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading[:80])
    text = re.sub(r"\b[nN][°ºo]\.?(?=\W|\d|$)|#", " numero ", text).replace("€", " eur ")
    text = re.sub(r"\bdû\b", "due", text, flags=re.IGNORECASE)  # not the filler "du"
    text = re.sub(r"\b(\w)\.(?=\w\b)", r"\1", text).replace("’", " ")  # T.T.C. is ttc
    plain = unicodedata.normalize("NFKD", text.replace("°", " ")).encode("ascii", "ignore")
    words = re.findall(r"[a-z0-9]+", plain.decode().lower())
    named = ("numero" if word in _NUMBER_WORDS else word for word in words)
    return tuple(
        word
        for word in named
        if word not in _FILLERS and not (without_currency and word in _CURRENCY_WORDS)
    )
