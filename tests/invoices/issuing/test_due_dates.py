"""Due dates of invoices, and the caps of the law."""

import datetime as dt

import pytest

from core.errors import DomainError
from invoices.services import issue_invoice
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft, make_issued
from tests.invoices.issuing.reading import ONE_DAY


@pytest.mark.parametrize(
    ("terms", "due_on"),
    [
        ("ON_RECEIPT", dt.date(2026, 11, 23)),
        ("NET_30", dt.date(2026, 12, 23)),
        ("NET_60", dt.date(2027, 1, 22)),
        ("EOM_45_A", dt.date(2027, 1, 31)),
        ("EOM_45_B", dt.date(2027, 1, 14)),
    ],
)
def test_the_due_date_follows_from_the_terms(in_acme, terms, due_on):
    assert make_issued(terms=terms).due_on == due_on


@pytest.mark.parametrize(
    ("kind", "days", "sentence"),
    [
        (
            "BUSINESS",
            61,
            ("The due date 2027-01-23 is too late: the latest that the law allows is 2027-01-22."),
        ),
        (
            "ASSOCIATION",
            61,
            ("The due date 2027-01-23 is too late: the latest that the law allows is 2027-01-22."),
        ),
        (
            "PUBLIC_BODY",
            31,
            (
                "The due date 2026-12-24 is too late: a public body has to pay within"
                " 30 days, that is by 2026-12-23."
            ),
        ),
        (
            "CONSUMER",
            51,
            (
                "The due date 2027-01-13 is too late: to let a consumer pay more than 50"
                " days after the invoice is consumer credit. The latest date is"
                " 2027-01-12."
            ),
        ),
    ],
)
def test_a_date_beyond_the_cap_of_the_client_is_refused(in_acme, kind, days, sentence):
    draft = make_draft(make_buyer(kind=kind), terms="FIXED", due_on=TODAY + days * ONE_DAY)

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == sentence


@pytest.mark.parametrize(
    ("kind", "days"),
    [("BUSINESS", 60), ("ASSOCIATION", 60), ("PUBLIC_BODY", 30), ("CONSUMER", 50)],
)
def test_the_last_lawful_date_is_accepted(in_acme, kind, days):
    due_on = TODAY + days * ONE_DAY

    invoice = make_issued(make_buyer(kind=kind), terms="FIXED", due_on=due_on)

    assert invoice.due_on == due_on


def test_a_due_date_before_the_invoice_is_refused(in_acme):
    draft = make_draft(terms="FIXED", due_on=TODAY - ONE_DAY)

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == ("The due date 2026-11-22 is before the invoice date 2026-11-23.")


def test_fixed_terms_without_a_date_are_refused(in_acme):
    draft = make_draft(terms="FIXED")

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == "Say on which date the invoice falls due."


def test_terms_that_do_not_exist_are_refused(in_acme):
    draft = make_draft(terms="EOM_60_A")

    with pytest.raises(DomainError) as refusal:
        issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None)

    assert str(refusal.value) == (
        "“60 days end of month” is not lawful: 45 days end of month at most."
    )
