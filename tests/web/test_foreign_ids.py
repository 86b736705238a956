"""An id of another tenant typed into a form is an id of nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.conf import settings as django_settings

from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Approval, Notice
from invoices.models import Invoice, Receivable
from invoices.services import LineInput
from payments.models import Allocation, Payment
from tenants import clock
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.clients import make_client
from tests.factories.dunning import NOTICE_DAY, at, late_case, walk_to_notice
from tests.factories.payments import make_receivable, pay_by_hand

DAY = dt.date(2026, 11, 20)


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def page(client, owner):
    client.force_login(owner, django_settings.AUTHENTICATION_BACKENDS[0])
    return client


def rows_in(tenant, act, *args, **kwargs):
    with use_tenant(tenant), tenant_atomic():
        return act(*args, **kwargs)


def test_no_invoice_is_drafted_for_another_tenants_client(page, acme, globex):
    theirs = rows_in(globex, make_client, "Dupont SAS", number="C1")
    draft = {
        "client": theirs.public_id,
        "client_name": "Dupont SAS C1",
        "terms": "NET_30",
        "operation": "SERVICES",
        "currency": "EUR",
        "lines-TOTAL_FORMS": "1",
        "lines-INITIAL_FORMS": "0",
        "lines-0-description": "Pose",
        "lines-0-quantity": "1",
        "lines-0-unit_price": "10",
        "lines-0-vat": "S:20",
        "act": "save",
    }

    response = page.post("/t/acme/invoices/new/", draft)

    assert (response.status_code, list(response.context["form"].errors)) == (422, ["client_name"])
    assert rows_in(acme, Invoice.objects.count) == 0


def test_a_link_with_another_tenants_client_proposes_nobody(page, acme, globex):
    theirs = rows_in(globex, make_client, "Dupont SAS")

    answers = [
        page.get(f"/t/acme/{path}?client={theirs.public_id}")
        for path in ("invoices/new/", "payments/new/")
    ]

    assert "Dupont SAS" not in "".join(each.content.decode() for each in answers)


def test_no_payment_is_recorded_for_another_tenants_client(page, acme, globex):
    theirs = rows_in(globex, make_client, "Dupont SAS")
    form = {"amount": "10", "received_on": DAY.isoformat(), "means": "TRANSFER", "note": ""}

    response = page.post(f"/t/acme/payments/new/?client={theirs.public_id}", form)

    assert response.status_code in {200, 404, 422}
    assert rows_in(acme, Payment.objects.count) == rows_in(globex, Payment.objects.count) == 0


def test_no_credit_is_set_against_another_tenants_debt(page, acme, globex):
    mine = rows_in(acme, lambda: pay_by_hand(make_client(), "50.00"))
    theirs = rows_in(globex, make_receivable)

    response = page.post(
        f"/t/acme/payments/{mine.public_id}/allocate/",
        {"receivable": theirs.public_id, "amount": "50"},
    )

    assert response.status_code in {302, 404, 422}
    assert rows_in(acme, Allocation.objects.count) == 0
    assert rows_in(globex, lambda: Receivable.objects.get().balance) == Decimal("100.00")


def test_ticks_of_another_tenants_question_approve_nothing(page, acme, globex):
    def ask():
        write_shipped_ladders()
        return walk_to_notice(late_case(), yes=False)

    mine, theirs = rows_in(acme, ask), rows_in(globex, ask)

    with clock.as_of(at_in(acme)):
        page.post(
            f"/t/acme/dunning/approvals/{mine.public_id}/approve/",
            {f"principal-{theirs.public_id}": "on"},
        )

    states = [rows_in(each, lambda: Approval.objects.get().state) for each in (acme, globex)]
    assert states == [Approval.State.ASKED, Approval.State.ASKED]
    assert rows_in(globex, Notice.objects.count) == 0


def at_in(tenant):
    with use_tenant(tenant):
        return at(NOTICE_DAY, 11)


def test_a_line_is_priced_by_the_rates_of_its_own_tenant():
    """A line names no row of a tenant at all: there is nothing to forge in it."""
    assert not [name for name in LineInput.__dataclass_fields__ if name.endswith(("_id", "id"))]
