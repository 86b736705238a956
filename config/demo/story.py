"""What a demonstration's story is made of: a business, its clients, what happens to whom, and when.

Every name, number and address in the stories is invented. Days are counted back from the day of
loading, so that the demonstration is always of today.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

VAT = Decimal(20)
VAT_RENOVATION = Decimal(10)


@dataclass(frozen=True, slots=True)
class Debtor:
    """A client, the person who answers for it, and how it is dunned (`ladder`: a policy's key)."""

    key: str
    name: str
    contact: str
    email: str
    phone: str
    address: str
    postcode: str
    city: str
    siren: str = ""
    kind: str = "BUSINESS"
    firm_steps_alone: bool = True
    ladder: str = ""


@dataclass(frozen=True, slots=True)
class Job:
    """An invoice: `due` days ago (negative: ahead) it fell due, thirty days after its issue.

    `paid` days ago the money came, by `means`; None: it has not. `part` is what came when it was
    not everything. `key` names the ones something else happens to.
    """

    client: str
    what: str
    net: str
    due: int
    paid: int | None = None
    means: str = "TRANSFER"
    part: str = ""
    key: str = ""
    vat: Decimal = VAT


@dataclass(frozen=True, slots=True)
class Event:
    """What happens about the job `key`, so many days before today.

    `act` is a method of `Acts`; `text` is what is said, `ahead` how many days after today it holds.
    """

    key: str
    days_ago: int
    act: str
    text: str
    ahead: int = 0


@dataclass(frozen=True, slots=True)
class OldInvoice:
    """A line of an imported book: `rest` of `gross` is left; `paid` days after it was due."""

    client: str
    number: int
    gross: str
    due: int
    rest: str = ""
    paid: int | None = None


@dataclass(frozen=True, slots=True)
class Book:
    """A book kept elsewhere until today, what was sent about it, and who paid this morning."""

    pattern: str
    lines: tuple[OldInvoice, ...]
    answers: dict[str, str]
    paid_today: tuple[tuple[str, str, str], ...] = ()  # number's client, amount, means


@dataclass(frozen=True, slots=True)
class Story:
    """One business of the demonstration."""

    owner: str
    owner_name: str
    name: str
    legal_name: str
    color: str
    mark: str  # the logo: a name of `config.demo.logo.MARKS`
    facts: dict[str, Any]
    debtors: tuple[Debtor, ...]
    numbers: tuple[str, int]  # how its invoices are numbered, and from where
    jobs: tuple[Job, ...] = ()
    draft: Job | None = None
    events: tuple[Event, ...] = ()
    book: Book | None = None
    is_live: bool = True
    vat_category: str = "S"
    in_peace: dict[str, int] = field(default_factory=dict)  # client: first word after N days
