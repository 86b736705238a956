"""Credit notes: the only way to take back what an issued invoice says."""

import datetime as dt
from decimal import Decimal

import pytest
from django.utils import translation

from invoices.ledger import allocate_to, release_from
from invoices.models import Credit, Invoice, Receivable, Series
from invoices.numbering import missing_numbers
from invoices.services import (
    cancel_and_redo,
    claim_late_fees,
    credit_invoice,
    write_off,
)
from invoices.services.crediting import CannotCredit
from invoices.signals import credit_needs_room, receivable_settled
from tenants.models import AuditEntry
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued, make_line

LATER = TODAY + dt.timedelta(days=40)


@pytest.fixture(autouse=True)
def in_english():
    with translation.override("en"):
        yield


def credit(invoice, *, reason="Erreur de prix", today=TODAY):
    return credit_invoice(invoice=invoice, reason=reason, today=today, now=NOW, user=None)


def receivable_of(invoice, kind="INSTALLMENT"):
    return Receivable.objects.get(invoice=invoice, kind=kind)


def test_a_credit_note_has_its_own_series_and_names_the_invoice(in_acme):
    invoice = make_issued(lines=[make_line(), make_line(price="10", rate="5.5")])

    note = credit(invoice)

    assert (note.kind, note.number, note.corrects) == ("CREDIT_NOTE", "A-2026-0001", invoice)
    assert (note.total_net, note.total_vat) == (Decimal("1010.00"), Decimal("200.55"))
    assert [part["rate"] for part in note.vat_breakdown] == [Decimal(20), Decimal("5.5")]
    assert note.notes == "Erreur de prix"


def test_a_cancelled_invoice_keeps_its_number_and_owes_nothing(in_acme):
    invoice = make_issued()

    credit(invoice)

    invoice.refresh_from_db()
    assert (invoice.state, invoice.number) == ("CANCELLED", "F-2026-0001")
    receivable = receivable_of(invoice)
    assert (receivable.credited, receivable.balance) == (Decimal("1200.00"), Decimal(0))
    assert receivable.settled_on == TODAY
    assert Credit.objects.get(receivable=receivable).amount == Decimal("1200.00")


def test_a_credit_note_creates_no_debt(in_acme):
    note = credit(make_issued())

    assert Receivable.objects.filter(invoice=note).count() == 0


def test_the_apps_above_hear_that_a_credit_settled_it(in_acme):
    heard = []

    def listen(sender, receivable_id, by, **kwargs):
        heard.append(by)

    invoice = make_issued()
    receivable_settled.connect(listen, weak=False)
    try:
        credit(invoice)
    finally:
        receivable_settled.disconnect(listen)

    assert heard == ["CREDIT"]


def test_money_already_there_makes_way_for_the_credit(in_acme):
    invoice = make_issued()
    receivable = receivable_of(invoice)
    allocate_to(receivable_id=receivable.pk, amount=Decimal(500), on=TODAY)

    def make_room(sender, receivable_id, amount, **kwargs):
        if Receivable.objects.get(pk=receivable_id).allocated:
            release_from(receivable_id=receivable_id, amount=amount)

    credit_needs_room.connect(make_room, weak=False)
    try:
        credit(invoice)
    finally:
        credit_needs_room.disconnect(make_room)

    receivable.refresh_from_db()
    assert (receivable.allocated, receivable.credited) == (Decimal(0), Decimal(1200))


def test_claims_fall_with_the_invoice_they_arose_from(in_acme):
    invoice = make_issued()
    claim_late_fees(
        receivable=receivable_of(invoice),
        interest=Decimal("7.30"),
        indemnity=Decimal(40),
        today=LATER,
        user=None,
    )

    credit(invoice, today=LATER)

    claims = Receivable.objects.filter(invoice=invoice).exclude(kind="INSTALLMENT")
    assert [(claim.balance, claim.written_off_reason) for claim in claims] == [
        (Decimal(0), "F-2026-0001 → A-2027-0001"),
        (Decimal(0), "F-2026-0001 → A-2027-0001"),
    ]


def test_a_second_credit_is_refused(in_acme):
    invoice = make_issued()
    credit(invoice)

    with pytest.raises(CannotCredit) as refusal:
        credit(invoice)

    assert str(refusal.value) == "This invoice is not, or no longer, issued."
    assert Invoice.objects.filter(kind="CREDIT_NOTE").count() == 1


def test_a_draft_a_credit_note_and_an_imported_invoice_are_not_credited(in_acme):
    draft = make_draft()
    note = credit(make_issued(draft.client))
    imported = Invoice.objects.create(
        client=draft.client, origin="IMPORTED", state="ISSUED", number="X-1", issued_on=TODAY
    )

    answers = []
    for document in (draft, note, imported):
        with pytest.raises(CannotCredit) as refusal:
            credit(document)
        answers.append(str(refusal.value))

    only_ours = "Only an invoice issued here can be cancelled by a credit note."
    assert answers == ["This invoice is not, or no longer, issued.", only_ours, only_ours]


def test_a_credit_without_a_reason_is_refused(in_acme):
    with pytest.raises(CannotCredit) as refusal:
        credit(make_issued(), reason="  ")

    assert str(refusal.value) == ("Say why this invoice is cancelled: the credit note prints it.")


def test_what_was_written_off_is_not_credited_as_well(in_acme):
    invoice = make_issued()
    receivable = receivable_of(invoice)
    allocate_to(receivable_id=receivable.pk, amount=Decimal(500), on=TODAY)
    write_off(receivable=receivable, reason="Faillite", today=TODAY, now=NOW, user=None)
    Invoice.objects.filter(pk=invoice.pk).exclude(state="WRITTEN_OFF").count()

    with pytest.raises(CannotCredit) as refusal:
        credit(invoice)

    assert str(refusal.value) == "This invoice is not, or no longer, issued."


def test_cancel_and_redo_opens_a_copy_as_a_draft(in_acme):
    invoice = make_issued(
        lines=[make_line(quantity=Decimal(2), unit="h")], order_reference="BC-7", notes="Merci"
    )

    note, copy = cancel_and_redo(
        invoice=invoice, reason="Mauvais prix", today=TODAY, now=NOW, user=None
    )

    assert (note.kind, copy.state, copy.copied_from) == ("CREDIT_NOTE", "DRAFT", invoice)
    assert (copy.number, copy.order_reference, copy.notes) == (None, "BC-7", "Merci")
    line = copy.lines.get()
    assert (line.quantity, line.unit, copy.total_gross) == (2, "h", Decimal("2400.00"))


def test_the_reason_of_a_cancellation_is_in_the_audit_trail(in_acme, owner):
    invoice = make_issued()

    credit_invoice(invoice=invoice, reason="Doublon", today=TODAY, now=NOW, user=owner)

    entry = AuditEntry.objects.get(act="credit")
    assert (entry.subject_id, entry.user) == (invoice.public_id, owner)
    assert entry.after == {"credit_note": "A-2026-0001", "reason": "Doublon"}


def test_both_series_stay_gapless(in_acme):
    client = make_buyer()
    for _ in range(2):
        credit(make_issued(client))

    assert [missing_numbers(series) for series in Series.objects.order_by("kind")] == [[], []]
