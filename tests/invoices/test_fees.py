"""Late fees and indemnities as receivables of their own; giving up a debt."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from core.errors import DomainError
from invoices.ledger import allocate_to
from invoices.models import Receivable
from invoices.services import claim_late_fees, credit_invoice, waive, write_off
from invoices.services.fees import CannotClaim
from tenants.models import AuditEntry
from tests.factories.invoices import NOW, TODAY, make_buyer, make_issued

LATE = TODAY + dt.timedelta(days=45)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


@pytest.fixture
def late(in_acme):
    return Receivable.objects.get(invoice=make_issued())


def claim(receivable, interest="7.30", indemnity="40", *, today=LATE, **fields):
    return claim_late_fees(
        receivable=receivable,
        interest=Decimal(interest),
        indemnity=Decimal(indemnity),
        today=today,
        user=None,
        **fields,
    )


def give_up(receivable, act=write_off, reason="Geste commercial"):
    return act(receivable=receivable, reason=reason, today=LATE, now=NOW, user=None)


def test_fees_are_receivables_about_the_late_one(late):
    interest, indemnity = claim(late)

    assert (interest.kind, interest.amount) == ("LATE_FEE", Decimal("7.30"))
    assert (indemnity.kind, indemnity.amount) == ("RECOVERY_INDEMNITY", Decimal(40))
    assert (interest.about, interest.invoice_id) == (late, late.invoice_id)
    assert (interest.due_on, interest.reference) == (LATE, "RF12F20260001")


def test_fees_leave_the_invoice_as_it_was(late):
    claim(late)

    late.invoice.refresh_from_db()
    assert (late.invoice.total_gross, late.invoice.lines.count()) == (Decimal("1200.00"), 1)


def test_asking_again_claims_nothing_more(late):
    claim(late)

    assert claim(late) == []
    assert Receivable.objects.filter(about=late).count() == 2


def test_asking_later_claims_the_increase_only(late):
    claim(late)

    (more,) = claim(late, "9.10")

    assert (more.kind, more.amount) == ("LATE_FEE", Decimal("1.80"))


def test_interest_that_has_shrunk_claims_nothing(late):
    claim(late)

    assert claim(late, "5.00") == []


def test_a_waived_indemnity_is_not_claimed_again(late):
    _interest, indemnity = claim(late)
    give_up(indemnity, waive)

    assert claim(late) == []


def test_interest_without_the_indemnity(late):
    (interest,) = claim(late, "7.30", "0")

    assert interest.kind == "LATE_FEE"


def test_a_consumer_owes_neither(in_acme):
    consumer = make_buyer(kind="CONSUMER", siren="", vat_number="")
    receivable = Receivable.objects.get(invoice=make_issued(consumer))

    with pytest.raises(CannotClaim) as refusal:
        claim(receivable)

    assert str(refusal.value) == ("Consumers owe neither this interest nor the recovery indemnity.")


def test_interest_bears_no_interest(late):
    interest, _indemnity = claim(late)

    with pytest.raises(CannotClaim) as refusal:
        claim(interest)

    assert str(refusal.value) == "Interest bears no interest."


def test_nothing_is_claimed_on_the_due_day(late):
    with pytest.raises(CannotClaim) as refusal:
        claim(late, today=late.due_on)

    assert str(refusal.value) == "This is not late yet: nothing can be claimed."


def test_nothing_is_claimed_on_a_cancelled_invoice(late):
    credit_invoice(invoice=late.invoice, reason="Doublon", today=TODAY, now=NOW, user=None)
    late.invoice.refresh_from_db()

    with pytest.raises(CannotClaim) as refusal:
        claim(late)

    assert str(refusal.value) == "The invoice is cancelled: nothing can be claimed on it."


def test_a_fee_is_waived_with_its_reason(late, owner):
    interest, _indemnity = claim(late)

    done = waive(receivable=interest, reason="Bon client", today=LATE, now=NOW, user=owner)

    assert (done.balance, done.written_off_reason) == (Decimal(0), "Bon client")
    entry = AuditEntry.objects.get(subject_id=interest.public_id)
    assert (entry.act, entry.user, entry.after) == ("write_off", owner, {"reason": "Bon client"})
    late.invoice.refresh_from_db()
    assert late.invoice.state == "ISSUED"


def test_an_invoice_is_not_waived(late):
    with pytest.raises(CannotClaim) as refusal:
        give_up(late, waive)

    assert str(refusal.value) == "Only interest and the indemnity can be waived."


def test_writing_off_what_is_left_marks_the_invoice(late):
    allocate_to(receivable_id=late.pk, amount=Decimal("1100.00"), on=TODAY)

    done = give_up(late, reason="Faillite")

    assert (done.written_off, done.balance) == (Decimal("100.00"), Decimal(0))
    assert done.settled_on == LATE
    late.invoice.refresh_from_db()
    assert late.invoice.state == "WRITTEN_OFF"


@pytest.mark.parametrize("reason", ["", "   "])
def test_a_debt_is_not_given_up_without_a_reason(late, reason):
    with pytest.raises(DomainError) as refusal:
        give_up(late, reason=reason)

    assert str(refusal.value) == "Say why this is given up."


def test_what_is_not_owed_cannot_be_given_up(late):
    give_up(late)

    with pytest.raises(DomainError) as refusal:
        give_up(late)

    assert str(refusal.value) == "Nothing is owed on this any more."


def test_claims_of_a_letter_that_never_left_are_made_again_but_for_what_was_paid(late):
    interest, indemnity = claim(late)
    allocate_to(receivable_id=indemnity.pk, amount=Decimal(15), on=LATE)
    for each in (interest, indemnity):
        waive(receivable=each, reason="Not sent", today=LATE, now=NOW, user=None)

    made = claim(late, "8.10", withdrawn=[interest.pk, indemnity.pk])

    assert [(each.kind, each.amount) for each in made] == [
        ("LATE_FEE", Decimal("8.10")),
        ("RECOVERY_INDEMNITY", Decimal(25)),
    ]


def test_fees_stay_owed_when_the_principal_is_paid(late):
    interest, indemnity = claim(late)

    allocate_to(receivable_id=late.pk, amount=late.balance, on=LATE)

    for each in (late, interest, indemnity):
        each.refresh_from_db()
    assert (late.balance, interest.balance, indemnity.balance) == (0, Decimal("7.30"), 40)
    assert interest.invoice.state == "ISSUED"
