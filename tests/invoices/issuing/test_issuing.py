"""Issuing an invoice: number, freeze, receivable, series."""

import datetime as dt
from decimal import Decimal

import pytest

from core.errors import DomainError
from invoices.models import Invoice, Receivable
from invoices.numbering import NumberingError
from invoices.services import LineInput, create_invoice, issue_invoice, update_draft
from invoices.services.drafts import NotADraft
from invoices.services.issue_checks import CannotIssue
from invoices.signals import invoice_issued
from tenants.models import AuditEntry, Business
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued, make_line
from tests.invoices.issuing.reading import ONE_DAY


def test_issuing_gives_a_number_a_day_and_a_receivable(in_acme, owner):
    invoice = issue_invoice(invoice=make_draft(), today=TODAY, now=NOW, user=owner)

    assert (invoice.state, invoice.number) == (Invoice.State.ISSUED, "F-2026-0001")
    assert (invoice.issued_on, invoice.due_on) == (TODAY, dt.date(2026, 12, 23))
    assert (invoice.issued_at, invoice.issued_by) == (NOW, owner)
    receivable = Receivable.objects.get(invoice=invoice)
    assert (receivable.amount, receivable.balance) == (Decimal("1200.00"), Decimal("1200.00"))
    assert (receivable.due_on, receivable.reference) == (invoice.due_on, "RF12F20260001")


def test_issuing_is_in_the_audit_trail(in_acme, owner):
    invoice = issue_invoice(invoice=make_draft(), today=TODAY, now=NOW, user=owner)

    entry = AuditEntry.objects.get(subject_id=invoice.public_id, act="issue")
    assert (entry.user, entry.at) == (owner, NOW)
    assert entry.after == {"number": "F-2026-0001", "gross": "1200.00"}


def test_issuing_is_announced_inside_the_transaction(in_acme):
    heard = []

    def listen(sender, invoice_id, **kwargs):
        heard.append(Invoice.objects.get(pk=invoice_id).number)

    invoice_issued.connect(listen, weak=False)
    try:
        make_issued()
    finally:
        invoice_issued.disconnect(listen)

    assert heard == ["F-2026-0001"]


def test_issuing_twice_is_issuing_once(in_acme):
    invoice = make_issued()

    with pytest.raises(NotADraft) as refusal:
        issue_invoice(invoice=invoice, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "This invoice is already issued."
    assert Receivable.objects.count() == 1


def test_both_parties_are_frozen_as_they_were(in_acme):
    invoice = make_issued()

    Business.objects.update(legal_name="Autre nom", iban="")
    invoice.client.name = "Durand"
    invoice.client.save()
    invoice.refresh_from_db()

    assert invoice.seller["legal_name"] == "Acme SARL"
    assert invoice.seller["iban"] == "FR7630006000011234567890189"
    assert (invoice.buyer["name"], invoice.buyer["siren"]) == ("Dupont SAS", "552100554")
    assert invoice.buyer["contact_name"] == "Anne Dupont"


def test_totals_and_vat_are_frozen_per_rate(in_acme):
    lines = [make_line(price="33.33", quantity=Decimal(3)), make_line(price="10.05", rate="5.5")]

    invoice = make_issued(lines=lines)
    invoice.refresh_from_db()

    assert (invoice.total_net, invoice.total_vat) == (Decimal("110.04"), Decimal("20.55"))
    assert invoice.vat_breakdown == [
        {"category": "S", "rate": "20.00", "base": "99.99", "vat": "20.00"},
        {"category": "S", "rate": "5.50", "base": "10.05", "vat": "0.55"},
    ]


def test_an_invoice_over_nothing_is_issued_and_owes_nothing(in_acme):
    invoice = make_issued(lines=[make_line(price="0")])

    assert (invoice.number, invoice.total_gross) == ("F-2026-0001", Decimal(0))
    assert Receivable.objects.count() == 0


def test_an_invoice_without_a_line_is_not_issued(in_acme):
    draft = create_invoice(client=make_buyer(), lines=[], user=None)

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Add at least one line before you issue."


def test_an_archived_client_is_not_invoiced(in_acme):
    draft = make_draft(make_buyer(archived_at=NOW))

    with pytest.raises(CannotIssue) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Dupont SAS is archived: bring the client back first."


def test_a_draft_has_no_number_and_changes_freely(in_acme):
    draft = make_draft()

    changed = update_draft(
        invoice=draft,
        lines=[make_line(price="10"), make_line(price="5")],
        user=None,
        order_reference="BC-12",
    )

    assert (changed.number, changed.total_gross) == (None, Decimal("18.00"))
    assert [line.position for line in changed.lines.order_by("position")] == [1, 2]
    assert changed.search_key == "dupont sas bc-12"


def test_a_line_keeps_what_was_typed(in_acme):
    line = LineInput(
        description="Conseil",
        unit_price=Decimal("85.5000"),
        vat_rate=Decimal(20),
        quantity=Decimal("2.5"),
        unit="h",
        discount_percent=Decimal(10),
    )

    kept = make_draft(lines=[line]).lines.get()

    assert (kept.quantity, kept.unit, kept.net) == (Decimal("2.5000"), "h", Decimal("192.37"))


# Series ----------------------------------------------------------------------------------------


def test_numbers_follow_each_other_and_start_again_each_year(in_acme):
    days = [dt.date(2026, 11, 23), dt.date(2026, 12, 31), dt.date(2027, 1, 2)]
    client = make_buyer()

    numbers = [make_issued(client, today=day).number for day in days]

    assert numbers == ["F-2026-0001", "F-2026-0002", "F-2027-0001"]


def test_no_invoice_is_dated_before_the_last_one(in_acme):
    client = make_buyer()
    make_issued(client, today=TODAY)
    draft = make_draft(client)

    with pytest.raises(NumberingError) as refusal:
        issue_invoice(invoice=draft, today=TODAY - ONE_DAY, now=NOW, user=None)

    assert str(refusal.value) == (
        "The last document of this series is dated 2026-11-23: numbers follow dates."
    )


def test_a_refused_invoice_takes_no_number(in_acme):
    client = make_buyer()
    with pytest.raises(DomainError):
        make_issued(client, terms="NET_90")

    assert make_issued(client).number == "F-2026-0001"
