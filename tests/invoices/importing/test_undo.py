"""An import taken back: all that it wrote, but what something has happened to since."""

import datetime as dt
from decimal import Decimal

import pytest

from clients.models import Client, Person
from core.errors import DomainError
from dunning.models import Case, Profile
from dunning.services import pause, record_promise
from invoices.models import Credit, ImportLine, Invoice, Receivable
from invoices.services.import_batches import undo_import
from payments.services import record_payment
from tenants.models import AuditEntry
from tests.factories.clients import make_client
from tests.factories.payments import link_for
from tests.invoices.importing.batches import imported, undone
from tests.invoices.importing.imports import NOW, TODAY, balances, row

HOUR = dt.timedelta(hours=1)
LATER = NOW + HOUR


def left(batch):
    return [(each["number"], each["reason"]) for each in batch.left]


def everything():
    return tuple(
        model.objects.count() for model in (Invoice, Receivable, Case, Client, Person, Profile)
    )


def test_an_import_undone_leaves_nothing_behind_but_its_trace(in_acme, owner):
    batch = imported(owner, row("F1", email="compta@morvan.example"), row("F2", "Audrain"))

    gone = undone(batch, owner, now=LATER)

    assert (gone.state, gone.undone_at, gone.undone_by, left(gone)) == ("UNDONE", LATER, owner, [])
    assert everything() == (0, 0, 0, 0, 0, 0)
    assert ImportLine.objects.count() == 0
    names = ("taken_back", "restored", "clients_gone")
    assert [gone.counts[name] for name in names] == [2, 0, 2]
    assert AuditEntry.objects.get(act="undo_import").before == {"invoices": ["F1", "F2"]}


def test_the_same_book_comes_in_again_after_its_undoing(in_acme, owner):
    undone(imported(owner, row("F1")), owner)

    imported(owner, row("F1"))

    assert balances() == {"F1": 1200}


def test_what_an_import_changed_becomes_again_what_it_was(in_acme, owner):
    imported(owner, row("F1", remaining="800,00", due="01/10/2026"))
    batch = imported(
        owner, row("F1", remaining="0,00", due="15/10/2026", gross="1300,00"), now=LATER
    )
    paid = (balances(), Case.objects.get().state)

    back = undone(batch, owner, now=LATER)

    invoice, owed = Invoice.objects.get(), Receivable.objects.get()
    assert (paid, back.counts["restored"]) == (({"F1": 0}, "CLOSED"), 1)
    assert (owed.balance, owed.due_on, owed.settled_on) == (800, dt.date(2026, 10, 1), None)
    assert (invoice.due_on, invoice.total_gross) == (dt.date(2026, 10, 1), 1200)
    assert Case.objects.get().state == "OPEN"


def test_a_client_known_before_stays_without_the_person_it_was_given(in_acme, owner):
    known = make_client("Garage Morvan", email="")
    people = Person.objects.filter(client=known).count()
    batch = imported(owner, row("F1", email="compta@morvan.example"))

    undone(batch, owner)

    assert (Client.objects.get(), Person.objects.count()) == (known, people)


def test_a_credit_note_undone_lowers_nothing_any_more(in_acme, owner):
    imported(owner, row("F1"))
    batch = imported(owner, row("A1", gross="1200,00", due="", kind="Avoir"), now=LATER)
    lowered = balances()

    undone(batch, owner, now=LATER)

    assert (lowered["F1"], balances()) == (0, {"F1": 1200})
    assert (Credit.objects.count(), Case.objects.get().state) == (0, "OPEN")


def test_an_invoice_and_its_credit_note_of_one_book_go_together(in_acme, owner):
    batch = imported(owner, row("F1"), row("A1", gross="200,00", due="", kind="Avoir"))

    gone = undone(batch, owner)

    assert (left(gone), Invoice.objects.count(), Credit.objects.count()) == ([], 0, 0)


def paid(receivable, owner):
    record_payment(
        client=receivable.client,
        amount=Decimal(10),
        means="TRANSFER",
        received_on=TODAY,
        now=LATER,
        user=owner,
    )


def linked(receivable, owner):
    link_for(receivable, now=LATER)


def promised(receivable, owner):
    record_promise(
        case=receivable.cases.get(),
        amount=Decimal(10),
        promised_for=TODAY + dt.timedelta(days=5),
        made_by="",
        channel="CALL",
        user=owner,
        today=TODAY,
        now=LATER,
    )


@pytest.mark.parametrize(
    ("act", "reason"),
    [
        (paid, "A payment is recorded."),
        (linked, "The client has a link to pay it."),
        (promised, "A payment is promised."),
    ],
)
def test_what_something_has_happened_to_stays_and_is_named(in_acme, owner, act, reason):
    batch = imported(owner, row("F1"), row("F2", "Audrain"))
    receivable = Receivable.objects.get(invoice__number="F1")
    act(receivable, owner)

    gone = undone(batch, owner, now=LATER)

    assert left(gone) == [("F1", reason)]
    assert list(Invoice.objects.values_list("number", flat=True)) == ["F1"]
    assert list(Client.objects.values_list("name", flat=True)) == ["Garage Morvan"]


def test_a_pause_goes_with_its_case(in_acme, owner):
    batch = imported(owner, row("F1"))
    case = Case.objects.get()
    pause(client=case.client, case=case, until=None, reason="", user=owner, today=TODAY, now=LATER)

    gone = undone(batch, owner, now=LATER)

    assert (left(gone), everything()) == ([], (0, 0, 0, 0, 0, 0))


def test_what_a_later_book_brings_too_stays_until_that_one_is_undone(in_acme, owner):
    first = imported(owner, row("F1"), row("F2"))
    second = imported(owner, row("F1"), now=LATER)

    once = undone(first, owner, now=LATER)

    assert left(once) == [("F1", "A later import brings it too: undo that one first.")]
    assert (undone(second, owner, now=LATER).state, balances()) == ("UNDONE", {"F1": 1200})


def test_after_24_hours_nothing_is_undone(in_acme, owner):
    batch = imported(owner, row("F1"))

    with pytest.raises(DomainError, match="can be undone for 24 hours"):
        undo_import(batch=batch, user=owner, now=NOW + 24 * HOUR)

    assert balances() == {"F1": 1200}


def test_undoing_twice_is_undoing_once(in_acme, owner):
    batch = imported(owner, row("F1"))
    undone(batch, owner)

    again = undone(batch, owner)

    assert (again.state, AuditEntry.objects.filter(act="undo_import").count()) == ("UNDONE", 1)
