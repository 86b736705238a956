"""From a formal notice's data to the strings its letter prints."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal

from core.money import CENT, format_decimal, format_money, format_percent
from invoices.documents.data import (
    Claim,
    Consequence,
    Language,
    LateFeeSegment,
    LateFeeSum,
    LetterData,
)
from invoices.documents.present import letter_parties, payment_context
from invoices.documents.wording import NBSP, WORDING, long_date, short_date

TITLES = {"fr": "Mise en demeure de payer", "en": "Formal notice to pay"}
# From the mildest to the strongest, whatever the order they were ticked in.
CONSEQUENCES: Mapping[Language, Mapping[Consequence, str]] = {
    "fr": {
        Consequence.CREDIT_HOLD: "suspendre l’exécution de vos commandes en cours",
        Consequence.COLLECTION_AGENCY: "confier le recouvrement à une société spécialisée",
        Consequence.PAYMENT_ORDER: "demander au juge une injonction de payer",
        Consequence.SUMMONS: "vous assigner en paiement devant le tribunal compétent",
    },
    "en": {
        Consequence.CREDIT_HOLD: "suspend work on your current orders",
        Consequence.COLLECTION_AGENCY: "entrust the recovery to a collection agency",
        Consequence.PAYMENT_ORDER: "ask the court for an order for payment",
        Consequence.SUMMONS: "summon you before the competent court for payment",
    },
}
SEMICOLON: Mapping[Language, str] = {"fr": f"{NBSP};", "en": ";"}
AND = {"fr": " et ", "en": " and "}
ONE_DAY = timedelta(days=1)
TEN_THOUSANDTH = Decimal("0.0001")


def letter_context(data: LetterData) -> dict[str, object]:
    """Everything `templates/documents/letter_*.html` prints."""
    language = data.language
    return {
        **letter_parties(data.seller, data.buyer, data.language),
        **_sums(data),
        **_interest(data),
        "language": language,
        "title": TITLES[language],
        "words": WORDING[language],
        "stamp": f"{data.written_on:%Y-%m-%d}T00:00:00Z",
        "place": data.place,
        "written_on": long_date(data.written_on, language),
        "registered_number": data.registered_number,
        "reminder_count": len(data.reminded_on),
        "reminded_on": _listed([long_date(day, language) for day in data.reminded_on], language),
        "deadline": long_date(data.deadline_on, language),
        "consequences": _consequences(data),
        "payment": payment_context(data.payment, language),
        "number": data.number,
        "disputes_contact": data.disputes_contact,
        "signatory_name": data.signatory_name,
        "signatory_capacity": data.signatory_capacity,
        "legal_notes": data.legal_notes,
    }


def _sums(data: LetterData) -> dict[str, object]:
    def money(amount: Decimal) -> str:
        return format_money(amount, data.currency, data.language)

    return {
        "claims": [_claim(claim, data.language) for claim in data.claims],
        "is_part_claimed": any(
            claim.claimed not in (None, claim.remaining) for claim in data.claims
        ),
        "claim_count": len(data.claims),
        "claims_shown": str(len(data.claims)),
        "principal_total": money(data.principal_total),
        "late_fee_total": money(data.late_fee_total),
        "indemnity_unit": money(data.indemnity_unit),
        "indemnity_count": data.indemnity_count,
        "indemnities_shown": str(data.indemnity_count),
        "indemnity_settled": money(data.indemnity_settled) if data.indemnity_settled else "",
        "indemnity_total": money(data.indemnity_total),
        "daily_interest": money(data.daily_interest) if data.daily_interest else "",
        "total": money(data.total),
    }


def _interest(data: LetterData) -> dict[str, object]:
    language = data.language
    last_day = max((segment.to_on for segment in data.late_fees), default=None)
    return {
        "late_fees": [_segment(segment, language) for segment in data.late_fees],
        "late_fee_sums": [_late_fee_sum(each, language) for each in data.late_fee_sums],
        "interest_until": _shown(last_day, language),
        "reserved_from": _shown(data.reserved_from, language),
        "known_until": _shown(data.reserved_from and data.reserved_from - ONE_DAY, language),
        "next_day": long_date(data.written_on + ONE_DAY, language),
    }


def _consequences(data: LetterData) -> list[str]:
    texts = [
        text for kind, text in CONSEQUENCES[data.language].items() if kind in data.consequences
    ]
    ends = [SEMICOLON[data.language]] * (len(texts) - 1) + ["."]
    return [text + end for text, end in zip(texts, ends, strict=False)]


def _late_fee_sum(each: LateFeeSum, language: Language) -> dict[str, str]:
    return {
        "number": each.number,
        "accrued": format_decimal(each.accrued, language, 2),
        "settled": format_decimal(-each.settled, language, 2) if each.settled else "",
        "claimed": format_decimal(each.claimed, language, 2),
    }


def _claim(claim: Claim, language: Language) -> dict[str, str]:
    return {
        "number": claim.number,
        "issued_on": short_date(claim.issued_on, language),
        "due_on": short_date(claim.due_on, language),
        "gross": format_decimal(claim.gross, language, 2),
        "paid": format_decimal(claim.paid, language, 2),
        "remaining": format_decimal(claim.remaining, language, 2),
        "claimed": format_decimal(
            claim.remaining if claim.claimed is None else claim.claimed, language, 2
        ),
    }


def _segment(segment: LateFeeSegment, language: Language) -> dict[str, str]:
    """A segment that is not whole in cents is shown with four decimals: only sums are rounded."""
    whole = segment.amount == segment.amount.quantize(CENT)
    shown = segment.amount if whole else segment.amount.quantize(TEN_THOUSANDTH)
    return {
        "number": segment.number,
        "base": format_decimal(segment.base, language, 2),
        "rate": format_percent(segment.rate, language),
        "from_on": short_date(segment.from_on, language),
        "to_on": short_date(segment.to_on, language),
        "days": str(segment.days),
        "amount": format_decimal(shown, language, 2),
    }


def _shown(day: date | None, language: Language) -> str:
    return long_date(day, language) if day else ""


def _listed(items: Sequence[str], language: Language) -> str:
    """`a, b et c`."""
    if len(items) < 2:  # noqa: PLR2004
        return "".join(items)
    return f"{', '.join(items[:-1])}{AND[language]}{items[-1]}"
