"""The accountant's pages: taking the journals away, and the accounts that they name."""

import pytest
from django.conf import settings as django_settings

from invoices.account_plan import USUAL
from invoices.models import Account
from tenants.scope import tenant_atomic
from tests.factories.books import make_client
from tests.reports.books.fec_lines import issued, read


@pytest.fixture
def page(as_acme, client, accountant):
    client.force_login(accountant, django_settings.AUTHENTICATION_BACKENDS[0])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    return client


def test_the_accountant_takes_the_file_away_and_that_is_shown(page):
    with tenant_atomic():
        issued(make_client("Riou"))

    answer = page.post("/t/acme/reports/fec/", {"first": "2026-03-01", "last": "2026-03-31"})

    assert answer["Content-Disposition"] == 'attachment; filename="732829320FEC20260331.txt"'
    assert len(read(b"".join(answer))) == 3
    shown = page.get("/t/acme/reports/fec/").content.decode()
    assert ("1 entry, €1,200.00" in shown, "Accountant" in shown) == (True, True)


@pytest.mark.parametrize(
    ("sent", "said"),
    [
        ({"first": "2026-03-02", "last": "2026-03-01"}, "The period ends before it begins."),
        ({"first": "x", "last": "2026-03-01"}, "Enter a valid date."),
    ],
)
def test_a_period_that_is_none_is_refused_beside_its_field(page, sent, said):
    answer = page.post("/t/acme/reports/fec/", sent)

    assert (answer.status_code, said in answer.content.decode()) == (422, True)


def test_what_stands_in_the_way_is_said_on_the_page(page):
    with tenant_atomic():
        issued(make_client("Riou"), currency="USD")

    answer = page.post("/t/acme/reports/fec/", {"first": "2026-03-01", "last": "2026-03-31"})

    assert (answer.status_code, "is in USD" in answer.content.decode()) == (422, True)


def plan_form(**changes):
    fields = {}
    for use, entry in USUAL.items():
        fields[f"{use.lower()}-number"], fields[f"{use.lower()}-label"] = entry
    return {**fields, **changes}


def test_the_accountant_changes_the_plan(page):
    answer = page.post("/t/acme/reports/accounts/", plan_form(**{"cash-number": "531000"}))

    assert answer.status_code == 302
    with tenant_atomic():
        assert [(row.use, row.number) for row in Account.objects.all()] == [("CASH", "531000")]


def test_a_refused_account_keeps_what_was_typed_and_changes_nothing(page):
    sent = plan_form(**{"cash-number": "la caisse", "bank-number": "512900"})
    answer = page.post("/t/acme/reports/accounts/", sent)

    text = answer.content.decode()
    assert (answer.status_code, "la caisse" in text, "three digits" in text) == (422, True, True)
    with tenant_atomic():
        assert Account.objects.count() == 0
