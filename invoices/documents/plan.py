"""An instalment plan as it is printed (law-fr §5.1): who owes what, the parts, what they agree."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import cast

from core.money import format_decimal, format_money
from invoices.documents.data import Buyer, Language, PaymentBlock, Seller
from invoices.documents.present import Fact, letter_parties, payment_context
from invoices.documents.wording import WORDING, long_date, short_date

TITLES: Mapping[Language, str] = {"fr": "Échéancier de règlement", "en": "Instalment plan"}
ON_ACCEPTANCE: Mapping[Language, str] = {
    "fr": "le jour de l’acceptation",
    "en": "the day it is accepted",
}


@dataclass(frozen=True, slots=True)
class PlanDebtLine:
    """A debt that the plan splits: `remaining` is what was still owed when it was proposed.

    `label` names what it is when it is not the invoice itself (late-payment interest…).
    """

    number: str
    issued_on: date | None
    due_on: date
    amount: Decimal
    paid: Decimal
    remaining: Decimal
    label: str = ""


@dataclass(frozen=True, slots=True)
class PlanPartLine:
    """A part; `due_on` None is the day of acceptance. `cumulative` + `left` is the total."""

    due_on: date | None
    amount: Decimal
    cumulative: Decimal
    left: Decimal


@dataclass(frozen=True, slots=True)
class PlanData:
    """A proposed plan, frozen. `fee` is apart from `total`, and due with the first part."""

    language: Language
    place: str
    proposed_on: date
    answer_by: date
    seller: Seller
    buyer: Buyer
    debts: Sequence[PlanDebtLine]
    parts: Sequence[PlanPartLine]
    total: Decimal
    fee: Decimal = Decimal(0)
    currency: str = "EUR"
    payment: PaymentBlock = field(default_factory=PaymentBlock)
    identity: str = ""


def plan_context(data: PlanData) -> dict[str, object]:
    """Everything `templates/documents/plan_*.html` prints."""
    language = data.language

    def money(amount: Decimal) -> str:
        return format_money(amount, data.currency, language)

    return {
        **letter_parties(data.seller, data.buyer, data.language),
        "language": language,
        "title": TITLES[language],
        "words": WORDING[language],
        "stamp": f"{data.proposed_on:%Y-%m-%d}T00:00:00Z",
        "place": data.place,
        "proposed_on": long_date(data.proposed_on, language),
        "answer_by": long_date(data.answer_by, language),
        "debts": [_debt(debt, language) for debt in data.debts],
        "debt_count": len(data.debts),
        "parts": [
            {"number": str(place), **_part(part, language)}
            for place, part in enumerate(data.parts, start=1)
        ],
        "part_count": len(data.parts),
        "parts_shown": str(len(data.parts)),
        "total": money(data.total),
        "fee": money(data.fee) if data.fee else "",
        "total_with_fee": money(data.total + data.fee),
        "first_with_fee": money(data.parts[0].amount + data.fee),
        "payment": _payment(data),
    }


def _payment(data: PlanData) -> dict[str, object] | None:
    """Bank details; the reference is the invoices' numbers, which are not cut into groups."""
    shown = payment_context(replace(data.payment, reference=""), data.language)
    if shown is not None and data.payment.reference:
        fact = Fact(WORDING[data.language].reference, data.payment.reference)
        shown["facts"] = [*cast("list[Fact]", shown["facts"]), fact]
    return shown


def _debt(debt: PlanDebtLine, language: Language) -> dict[str, str]:
    return {
        "number": debt.number,
        "label": debt.label,
        "issued_on": short_date(debt.issued_on, language) if debt.issued_on else "",
        "due_on": short_date(debt.due_on, language),
        "amount": format_decimal(debt.amount, language, 2),
        "paid": format_decimal(debt.paid, language, 2),
        "remaining": format_decimal(debt.remaining, language, 2),
    }


def _part(part: PlanPartLine, language: Language) -> dict[str, str]:
    return {
        "due_on": long_date(part.due_on, language) if part.due_on else ON_ACCEPTANCE[language],
        "amount": format_decimal(part.amount, language, 2),
        "cumulative": format_decimal(part.cumulative, language, 2),
        "left": format_decimal(part.left, language, 2),
    }
