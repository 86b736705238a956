"""The formal notice as a letter: exactly what was claimed, and nothing a court would say."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, cast

from clients.models import Client, Person
from core.references import rf_reference
from dunning.models import Notice, Reminder
from invoices.documents.data import (
    Claim,
    Consequence,
    LateFeeSegment,
    LateFeeSum,
    LetterData,
    PaymentBlock,
)
from invoices.parties import frozen_buyer, frozen_seller
from invoices.printing import Language, buyer_of, payment_block, seller_of
from legal.queries import threshold
from tenants.models import Business
from tenants.scope import current_tenant

NO_NUMBER = "PREVIEW"  # of a notice that is only read: a number is taken when it is written

ZERO = Decimal(0)


def letter_data(notice: Notice) -> LetterData:
    """Put a notice into the printer's terms; inside a scope, and from frozen claims only."""
    business = Business.objects.select_related("logo").get()
    number = "" if notice.number == NO_NUMBER else notice.number
    seller = frozen_seller(business, current_tenant())
    client = Client.objects.get(pk=notice.client_id)
    person = Person.objects.filter(client=client, role=Person.Role.DECISION_MAKER).first()
    unit = threshold("RECOVERY_INDEMNITY", notice.written_on)
    count = sum(1 for line in notice.claims if Decimal(line["indemnity"]) > ZERO)
    per_day = sum((Decimal(line["per_day"]) for line in notice.claims), ZERO)
    claims_interest = any(line["segments"] for line in notice.claims)
    return LetterData(
        language=cast("Language", notice.language),
        number=number,
        place=business.city,
        written_on=notice.written_on,
        seller=seller_of(seller),
        buyer=buyer_of(frozen_buyer(client, person)),
        claims=[_claim(line) for line in notice.claims],
        principal_total=notice.principal,
        total=notice.total,
        deadline_on=notice.deadline_on,
        consequences=[Consequence.PAYMENT_ORDER, Consequence.COLLECTION_AGENCY],
        disputes_contact=business.email,
        signatory_name=business.signatory_name or business.legal_name,
        signatory_capacity=business.signatory_capacity,
        currency=notice.currency,
        late_fees=[_segment(line, part) for line in notice.claims for part in line["segments"]],
        late_fee_sums=_late_fee_sums(notice.claims),
        late_fee_total=notice.interest,
        reserved_from=notice.reserved_from,
        indemnity_unit=unit if count else ZERO,
        indemnity_count=count,
        indemnity_settled=unit * count - notice.indemnity,
        indemnity_total=notice.indemnity,
        daily_interest=per_day if claims_interest and notice.reserved_from is None else None,
        payment=_payment(seller, notice, number),
        reminded_on=_reminded_on(notice),
    )


def _payment(seller: dict[str, Any], notice: Notice, number: str) -> PaymentBlock:
    return payment_block(
        seller,
        amount=notice.total,
        currency=notice.currency,
        reference=rf_reference(number) if number else "",
        pay_url="",
    )


def _claim(line: dict[str, Any]) -> Claim:
    return Claim(
        number=line["number"],
        issued_on=_day(line["issued_on"]),
        due_on=_day(line["due_on"]),
        gross=Decimal(line["gross"]),
        paid=Decimal(line["paid"]),
        remaining=Decimal(line["remaining"]),
        claimed=Decimal(line["principal"]),
    )


def _late_fee_sums(lines: Sequence[dict[str, Any]]) -> list[LateFeeSum]:
    """From the segments to the interest claimed; one invoice whose segments say it needs none."""
    sums = [
        LateFeeSum(line["number"], Decimal(line["interest"]) + settled, settled)
        for line in lines
        if line["segments"]
        for settled in [Decimal(line["interest_settled"])]
    ]
    return sums if len(sums) > 1 or any(each.settled for each in sums) else []


def _segment(line: dict[str, Any], part: dict[str, Any]) -> LateFeeSegment:
    return LateFeeSegment(
        number=line["number"],
        base=Decimal(part["base"]),
        rate=Decimal(part["rate"]),
        from_on=_day(part["from_on"]),
        to_on=_day(part["to_on"]),
        days=part["days"],
        amount=Decimal(part["amount"]),
    )


def _reminded_on(notice: Notice) -> list[dt.date]:
    """The days on which the client was reminded: the amicable steps, as proof."""
    done = Reminder.objects.filter(
        case_id__in=[line["case"] for line in notice.claims],
        state=Reminder.State.DONE,
        taken_on__lt=notice.written_on,
    ).exclude(step="PRE_DUE")
    return sorted(set(done.values_list("taken_on", flat=True)))


def _day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
