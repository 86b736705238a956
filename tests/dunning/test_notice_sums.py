"""The lines of a formal notice add up to what it claims, whatever was paid or waived before."""

import json
from decimal import Decimal

import pytest
from django.core.serializers.json import DjangoJSONEncoder

from dunning.claims import claim_of
from dunning.notice_letters import NO_NUMBER, letter_data
from dunning.notices import Ticks, claim_line, notice_from, prepare_notices
from invoices.documents.render import render_letter
from invoices.models import Receivable
from invoices.services import waive
from tenants.scope import tenant_atomic
from tests.factories.dunning import NOTICE_DAY, at, day, debtor, late_case, pay, walk_to_notice
from tests.invoices.documents.reading import words_in

ALL = Ticks(principal=True, late_fees=True, indemnity=True)
PAID_DAY = day(4, 10)
SECOND_DAY = day(4, 20)


def letter_of(*ticked, language="fr"):
    """The letter of a notice of the second day; each debt with what is ticked of it."""
    lines = [
        claim_line(case, claim_of(case.receivable, today=SECOND_DAY), ticks, made=())
        for case, ticks in ticked
    ]
    frozen = json.loads(json.dumps(lines, cls=DjangoJSONEncoder))
    notice = notice_from(
        frozen,
        today=SECOND_DAY,
        client_id=ticked[0][0].client_id,
        number=NO_NUMBER,
        language=language,
        currency="EUR",
    )
    return letter_data(notice)


@pytest.fixture
def part_paid(as_acme):
    """Claimed on 3 April (1,200 + 11.98 + 40); on the 10th came 200, 5 and 15 of the three."""
    with tenant_atomic():
        case = late_case()
        walk_to_notice(case)
    prepare_notices(today=NOTICE_DAY, now=at(NOTICE_DAY))
    with tenant_atomic():
        late_fee = Receivable.objects.get(kind="LATE_FEE")
        indemnity = Receivable.objects.get(kind="RECOVERY_INDEMNITY")
        parts = {case.receivable: Decimal(200), late_fee: Decimal(5), indemnity: Decimal(15)}
        pay(case, "220", on=PAID_DAY, allocations=parts)
        case.receivable.refresh_from_db()
        yield case


def test_a_claim_paid_in_part_between_two_notices_is_deducted_where_it_is_reckoned(part_paid):
    letter = letter_of((part_paid, ALL))

    # 1,200 × 12.15 % × 37 / 365 + 1,000 × 12.15 % × 10 / 365 = 14.7797 + 3.3288
    assert [(part.base, part.days) for part in letter.late_fees] == [(1200, 37), (1000, 10)]
    (interest,) = letter.late_fee_sums
    assert (interest.accrued, interest.settled) == (Decimal("18.11"), Decimal(5))
    assert interest.claimed == letter.late_fee_total == Decimal("13.11")
    assert (letter.indemnity_settled, letter.indemnity_total) == (Decimal(15), Decimal(25))
    assert letter.total == Decimal(1000) + Decimal("13.11") + Decimal(25)


@pytest.mark.parametrize(
    ("language", "sentences"),
    [
        (
            "fr",
            [
                "02/02/2026 04/03/2026 1 200,00 200,00 1 000,00",
                "18,11 Déjà réglé ou abandonné −5,00",
                "Intérêts de retard 13,11 €",
                "40,00 € × 1, moins 15,00 € déjà réglés ou abandonnés 25,00 €",
                "Total à régler 1 038,11 €",
            ],
        ),
        (
            "en",
            [
                "18.11 Already paid or waived −5.00",
                "Late-payment interest €13.11",
                "€40.00 × 1, less €15.00 already paid or waived €25.00",
                "Total to pay €1,038.11",
            ],
        ),
    ],
)
def test_the_paper_shows_each_deduction(part_paid, language, sentences):
    text = words_in(render_letter(letter_of((part_paid, ALL), language=language)))

    assert [each for each in sentences if each not in text] == []


def test_interest_waived_since_the_first_notice_is_not_asked_by_the_second(part_paid):
    waive(
        receivable=Receivable.objects.get(kind="LATE_FEE"),
        reason="A good client",
        today=PAID_DAY,
        now=at(PAID_DAY, 12),
        user=None,
    )

    (interest,) = letter_of((part_paid, ALL)).late_fee_sums

    assert (interest.settled, interest.claimed) == (Decimal("11.98"), Decimal("6.13"))


@pytest.fixture
def two_debts(as_acme):
    """1,200.00 and 400.20, both 47 days late."""
    with tenant_atomic():
        client = debtor()
        yield late_case(client), late_case(client, net="333.50")


def test_interest_of_several_invoices_is_rounded_invoice_by_invoice(two_debts):
    letter = letter_of(*((case, ALL) for case in two_debts))

    # 18.7742 and 6.2612: 25.0354 together
    assert [each.claimed for each in letter.late_fee_sums] == [Decimal("18.77"), Decimal("6.26")]
    assert letter.late_fee_total == sum(each.claimed for each in letter.late_fee_sums)
    assert letter.total == letter.principal_total + letter.late_fee_total + letter.indemnity_total


def test_what_is_not_ticked_is_shown_as_owed_and_not_as_claimed(two_debts):
    first, second = two_debts
    only_interest = Ticks(principal=False, late_fees=True, indemnity=False)
    only_principal = Ticks(principal=True, late_fees=False, indemnity=False)

    letter = letter_of((first, only_interest), (second, only_principal))

    assert [(line.remaining, line.claimed) for line in letter.claims] == [
        (Decimal("1200.00"), Decimal(0)),
        (Decimal("400.20"), Decimal("400.20")),
    ]
    assert letter.principal_total == sum(line.claimed for line in letter.claims)
    assert "Reste dû Réclamé ici" in words_in(render_letter(letter))
    # 1,200 × 12.15 % / 365: the second debt's interest is not asked
    assert str(letter.daily_interest.quantize(Decimal("0.0001"))) == "0.3995"
