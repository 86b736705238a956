"""Twenty writers, five hundred invoices, real commits: no gap and no number twice."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection, connections, transaction

from invoices.models import Invoice, Series
from invoices.numbering import missing_numbers
from invoices.services import issue_invoice
from tenants.scope import tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.invoices import NOW, TODAY, make_buyer, make_draft

WRITERS, EACH = 20, 25


def write_and_issue(tenant, client, refuse_every=0):
    """Issue `EACH` invoices; every so often one fails after its number was taken."""
    numbers = []
    try:
        for turn in range(EACH):
            with use_tenant(tenant):
                numbers.append(_one(client, fails=refuse_every and turn % refuse_every == 0))
    finally:
        connections.close_all()
    return [number for number in numbers if number]


def _one(client, *, fails):
    with tenant_atomic():
        draft = make_draft(client)
        number = issue_invoice(invoice=draft, today=TODAY, now=NOW, user=None).number
        transaction.set_rollback(bool(fails))
    return None if fails else number


@pytest.fixture
def shop(transactional_db):
    tenant = make_tenant("acme")
    with use_tenant(tenant), tenant_atomic():
        clients = [make_buyer(f"Client {index}") for index in range(WRITERS)]
    return tenant, clients


def test_it_runs_as_the_role_that_row_level_security_binds(transactional_db):
    with connection.cursor() as cursor:
        cursor.execute("SELECT current_user")
        assert cursor.fetchone() == ("app",)


@pytest.mark.slow
def test_twenty_writers_leave_no_gap_and_no_number_twice(shop):
    tenant, clients = shop

    with ThreadPoolExecutor(WRITERS) as pool:
        taken = list(pool.map(lambda client: write_and_issue(tenant, client), clients))

    numbers = sorted(number for numbers in taken for number in numbers)
    assert numbers == [f"F-2026-{number:04d}" for number in range(1, WRITERS * EACH + 1)]
    with use_tenant(tenant), tenant_atomic():
        assert Invoice.objects.filter(state="ISSUED").count() == WRITERS * EACH
        assert missing_numbers(Series.objects.get()) == []


@pytest.mark.slow
def test_invoices_that_fail_at_the_last_moment_give_their_number_back(shop):
    tenant, clients = shop

    with ThreadPoolExecutor(8) as pool:
        taken = list(pool.map(lambda client: write_and_issue(tenant, client, 5), clients[:8]))

    numbers = sorted(number for numbers in taken for number in numbers)
    assert numbers == [f"F-2026-{number:04d}" for number in range(1, 8 * 20 + 1)]


def test_two_who_begin_a_year_at_once_share_one_series(shop):
    tenant, clients = shop
    first_day = dt.date(2027, 1, 1)

    def issue(client):
        try:
            with use_tenant(tenant), tenant_atomic():
                draft = make_draft(client)
                return issue_invoice(invoice=draft, today=first_day, now=NOW, user=None).number
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        numbers = sorted(pool.map(issue, clients[:8]))

    assert numbers == [f"F-2027-{number:04d}" for number in range(1, 9)]
