"""Which legal texts a document must carry, and those it must not.

The texts themselves are dated data (law-fr D1): the caller gives `text(key)`, and stores what
comes back with the invoice. M-numbers are those of law-fr §1.1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import date

from core.errors import DomainError
from core.errors import gettext_noop as _
from invoices.documents.data import BuyerKind, DocumentKind, Mention, Operation, VatCategory

TAXED = frozenset({VatCategory.STANDARD, VatCategory.ZERO})

# Printed next to the VAT breakdown rather than at the foot.
TAX_KEYS = frozenset(
    {
        "FRANCHISE",
        "EXEMPT",
        "INTRA_EU_GOODS",
        "EU_SERVICES_RC",
        "EXPORT",
        "SERVICES_NON_EU",
        "RC_BTP",
        "DEBITS",
        "SELF_BILLED",
        "MARGIN_TRAVEL",
        "MARGIN_USED_GOODS",
        "MARGIN_ART",
        "MARGIN_COLLECTIBLES",
        "CREDIT_NET_OF_VAT",
    }
)
# Appended to the seller's name, or printed under it.
NAME_KEY = "EI"
STATUS_KEY = "LIQUIDATION"
# Printed under the number, instead of the reference we would word ourselves.
ORIGIN_KEY = "CORRECTIVE"


class MissingExemption(DomainError):
    """A line without VAT has no reason for it (M20)."""


@dataclass(frozen=True, slots=True)
class MentionFacts:
    """What decides the mentions.

    `exemptions` are the text keys of the lines without VAT, franchise aside. `extra` are keys
    the tenant or the document adds (margin scheme, self-billing, renovation statement…).
    """

    kind: DocumentKind
    issued_on: date
    buyer_kind: BuyerKind
    operation: Operation
    vat_categories: frozenset[VatCategory]
    exemptions: tuple[str, ...] = ()
    franchise: bool = False
    vat_on_debits: bool = False
    sole_trader: bool = False
    in_liquidation: bool = False
    early_discount: bool = False
    insured: bool = False
    mediated: bool = False
    extra: tuple[str, ...] = ()


def frozen_mentions(facts: MentionFacts, *, text: Callable[[str], str]) -> tuple[Mention, ...]:
    """Return the texts to store and print, in printing order.

    Raises MissingExemption for VAT left out without a reason, and whatever `text` raises for a
    key it does not know on that day.
    """
    return tuple(Mention(key, text(key)) for key in mention_keys(facts))


def mention_keys(facts: MentionFacts) -> tuple[str, ...]:
    """Return the keys of the texts this document needs, each once, in printing order."""
    keys = (*_identity(facts), *_tax(facts), *_sale(facts), *facts.extra)
    return tuple(dict.fromkeys(keys))


def _identity(facts: MentionFacts) -> Iterator[str]:
    """M07 and M06, on every document."""
    if facts.sole_trader:
        yield NAME_KEY
    if facts.in_liquidation:
        yield STATUS_KEY


def _tax(facts: MentionFacts) -> Iterator[str]:
    """M19, M20, M21."""
    untaxed = facts.vat_categories - TAXED
    if facts.franchise:
        yield "FRANCHISE"
    elif untaxed and not facts.exemptions:
        raise MissingExemption(_("Say why no VAT is charged on these lines."))
    yield from facts.exemptions
    serves = facts.operation is not Operation.GOODS
    if facts.vat_on_debits and serves and not facts.franchise:
        yield "DEBITS"


def _sale(facts: MentionFacts) -> Iterator[str]:
    """M25–M27, M29 and the consumer's mediator: what a credit note must not bear."""
    if facts.kind is DocumentKind.CREDIT_NOTE:
        return
    if facts.buyer_kind is BuyerKind.BUSINESS:
        yield from ("PMD", "PMT", "AAB" if facts.early_discount else "AAB_NONE")
    elif facts.buyer_kind is BuyerKind.PUBLIC_BODY:
        yield from ("PMD_PUBLIC", "PMT")
    elif facts.buyer_kind is BuyerKind.CONSUMER and facts.mediated:
        yield "MEDIATOR"
    if facts.insured:
        yield "DECENNALE"
