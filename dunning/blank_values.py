"""What fills the blanks of a letter: facts of now, in the letter's language."""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal

from clients.models import Message, Person
from core.money import format_money
from dunning.case_facts import KnownCase
from invoices.documents.wording import long_date
from tenants.clock import today
from tenants.scope import current_tenant

_MOST_NAMED = 3  # invoices called by their numbers in a sentence


def values_of(
    message: Message, person: Person | None, cases: Sequence[KnownCase], *, is_late: bool
) -> dict[str, str]:
    """What fills the blanks of a text: of the debts that are late, else of those that come."""
    language = message.language
    days = sorted({case.facts.due_on for case in cases})
    due_on = long_date(days[0], language) if days else ""  # type: ignore[arg-type]
    if len(days) > 1 and not is_late:
        due_on += {"fr": " et après", "en": " and later"}[language]
    numbers = list(dict.fromkeys(case.number for case in cases))
    return {
        "greeting": greeting(person, language),
        "contact": person.name if person and person.name else message.client.name,
        "client": message.client.name,
        "invoices": _invoices(numbers, language),
        "number": _listed(numbers, language),
        "due_on": due_on,
        "days_late": _days_late(days, language),
        "total": _sums(cases, language),
        "business": current_tenant().name,
    }


def _invoices(numbers: Sequence[str], language: str) -> str:
    """The invoices in a sentence, so that one and several read alike."""
    yours = {"fr": ("votre facture", "vos factures"), "en": ("your invoice", "your invoices")}
    one, several = yours[language]
    if len(numbers) > _MOST_NAMED:
        possessive, noun = several.split()
        return f"{possessive} {len(numbers)} {noun}"
    return f"{one if len(numbers) == 1 else several} {_listed(numbers, language)}".strip()


def _listed(words: Sequence[str], language: str) -> str:
    *first, last = words or [""]
    joined = {"fr": " et ", "en": " and "}[language]
    return joined.join([", ".join(first), last]) if first else last


def _days_late(days: Sequence[dt.date], language: str) -> str:
    count = max((today() - days[0]).days, 0) if days else 0
    one, several = {"fr": ("jour", "jours"), "en": ("day", "days")}[language]
    # French counts zero as one
    return f"{count} {one if count == 1 or (count == 0 and language == 'fr') else several}"


def _sums(cases: Sequence[KnownCase], language: str) -> str:
    """What is asked for; two currencies stand side by side."""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for case in cases:
        sums[case.facts.currency] += case.facts.balance
    shown = [format_money(amount, currency, language) for currency, amount in sums.items()]
    return _listed(shown, language)


def greeting(person: Person | None, language: str) -> str:
    hello = "Bonjour" if language == "fr" else "Hello"
    return f"{hello} {person.name}," if person and person.name else f"{hello},"
