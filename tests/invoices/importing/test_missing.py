"""What earlier books left open and the new one does not list: paid?"""

import datetime as dt

import pytest

from core.errors import DomainError
from invoices.models import Receivable
from invoices.services.import_missing import missing_from, record_missing
from payments.models import Payment
from tests.invoices.importing.batches import imported, undone
from tests.invoices.importing.imports import NOW, TODAY, balances, bring_in, row

LATER = NOW + dt.timedelta(hours=1)


def missing(batch):
    return [str(each.invoice) for each in missing_from(batch).select_related("invoice")]


def record(batch, owner, *numbers):
    ids = Receivable.objects.filter(invoice__number__in=numbers)
    return record_missing(
        batch=batch,
        receivables=list(ids.values_list("public_id", flat=True)),
        means="TRANSFER",
        received_on=TODAY,
        user=owner,
        now=LATER,
    )


def test_the_next_book_asks_about_what_it_does_not_list(in_acme, owner):
    imported(owner, row("F1"), row("F2"), row("F3", "Audrain"), row("F4", remaining="0,00"))

    batch = imported(owner, row("F2"), row("F5"), now=LATER)

    assert missing(batch) == ["F1", "F3"]


def test_what_came_by_the_command_is_asked_about_too(in_acme, owner):
    bring_in(row("F1"), row("F2"))

    assert missing(imported(owner, row("F2"))) == ["F1"]


def test_another_book_asks_about_its_own_clients_alone(in_acme, owner):
    imported(owner, row("F1"), row("F2", "Audrain"))

    assert missing(imported(owner, row("F9"), now=LATER)) == ["F1"]
    assert missing(imported(owner, row("G1", "Somebody else"), now=LATER)) == []


def test_what_was_paid_is_recorded_in_one_act_and_the_rest_stays_open(in_acme, owner):
    imported(owner, row("F1"), row("F2"), row("F3", "Audrain"), row("F4"))
    batch = imported(owner, row("F2"), now=LATER)

    rows = record(batch, owner, "F1", "F3", "F2")

    assert [str(each.invoice) for each in rows] == ["F1", "F3"]
    assert balances() == {"F1": 0, "F2": 1200, "F3": 0, "F4": 1200}
    facts = Payment.objects.order_by("id").values_list("amount", "means", "received_on")
    assert list(facts) == [(1200, "TRANSFER", TODAY)] * 2
    assert missing(batch) == ["F4"]


def test_recording_twice_is_recording_once(in_acme, owner):
    imported(owner, row("F1"), row("F2"))
    batch = imported(owner, row("F2"), now=LATER)
    record(batch, owner, "F1")

    with pytest.raises(DomainError, match="none of these is open any more"):
        record(batch, owner, "F1")

    assert Payment.objects.count() == 1


def test_an_undone_import_asks_nothing(in_acme, owner):
    imported(owner, row("F1"), row("F2"))
    batch = imported(owner, row("F2"), now=LATER)

    assert missing(undone(batch, owner, now=LATER)) == []
