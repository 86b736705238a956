"""Today: what is owed, what came in, what waits for a human; a fixed number of queries."""

import datetime as dt
from decimal import Decimal

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from clients.models import Client, Message, Person
from clients.services.calls import ask_for_call
from dunning.ladder_rows import write_shipped_ladders
from invoices.listing import Wanted, read_rows
from invoices.models import Receivable
from invoices.services import claim_late_fees
from payments.services import record_payment
from reports.ageing import owed_query
from reports.late import late_query
from reports.leaving import planned_count_query, planned_query
from reports.setting_up import settings_query
from reports.sources import SOURCES
from reports.takings import last_payments, takings_query
from reports.today import read_brief
from reports.together import read_together
from tenants import clock
from tenants.models import Role
from tests.factories.books import issued_invoice, make_client

TODAY = dt.date(2026, 4, 15)
MARKS = ("SAVEPOINT", "RELEASE")


@pytest.fixture
def books(in_acme):
    """One client with a paid invoice, one 42 days late, and one not due."""
    write_shipped_ladders()
    client = make_client()
    for on, net in ((dt.date(2026, 1, 5), "500"), (dt.date(2026, 2, 2), "1000")):
        issued_invoice(client, on=on, net=net)
    issued_invoice(client, on=dt.date(2026, 4, 1), net="250")
    with clock.as_of(clock.at_hour(dt.date(2026, 4, 10), 9)):
        record_payment(
            client=client,
            amount=Decimal(600),
            means="TRANSFER",
            received_on=dt.date(2026, 4, 10),
            now=clock.now(),
            user=None,
        )
    return in_acme


def brief(tenant, **wanted):
    return read_brief(tenant=tenant, role=Role.OWNER, today=TODAY, **wanted)


def test_what_is_owed_is_sorted_by_lateness(books):
    ageing = brief(books).ageing

    assert (ageing.total, ageing.late) == (Decimal("1500.00"), Decimal("1200.00"))
    assert (ageing.invoices, ageing.late_invoices, ageing.clients) == (2, 1, 1)
    assert ageing.days_late == 42
    assert [(row.age.key, row.invoices, row.amount) for row in ageing.rows if row.invoices] == [
        ("not_due", 1, Decimal("300.00")),
        ("31_60", 1, Decimal("1200.00")),
    ]


@pytest.fixture
def claimed(books):
    """€12.50 of interest and the €40 are claimed of the late invoice."""
    claim_late_fees(
        receivable=Receivable.objects.get(due_on=dt.date(2026, 3, 4)),
        interest=Decimal("12.50"),
        indemnity=Decimal(40),
        today=dt.date(2026, 4, 7),
        user=None,
    )
    return books


def test_late_fees_are_summed_beside_the_invoices(claimed):
    ageing = brief(claimed).ageing

    assert (ageing.total, ageing.late, ageing.days_late) == (Decimal(1500), Decimal(1200), 42)
    assert (ageing.claims, ageing.everything) == (Decimal("52.50"), Decimal("1552.50"))
    assert sum(row.amount for row in ageing.rows) == ageing.total
    assert [row.days for row in brief(claimed).late] == [42]


def test_each_age_is_the_sum_of_the_list_behind_it(claimed):
    ageing = brief(claimed).ageing

    listed = [
        read_rows(Wanted(today=TODAY, narrow="open", age=row.age), limit=50) for row in ageing.rows
    ]
    assert [sum(row.owed for row in rows) for rows in listed] == [row.amount for row in ageing.rows]


def test_the_page_says_what_late_fees_add(claimed, client, owner, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    client.force_login(owner)

    with clock.as_of(clock.at_hour(TODAY, 9)):
        page = client.get("/t/acme/?lang=en").content.decode()

    assert "2 open invoices, 1 client; with €52.50 of late fees and indemnities: €1,552.50" in page
    assert [row in page for row in (">€52.50<", ">€1,552.50<")] == [True, True]


def refused_mail(client):
    """A reminder that was refused for good, and the call that it asks for."""
    refused = Message.objects.create(
        client=client, kind="REMINDER", channel="EMAIL", state="FAILED", reason="550 No such user"
    )
    ask_for_call(client=client, why="550 No such user", about=refused)


@pytest.mark.parametrize(
    ("phone", "shown"),
    [("0298000000", ("calls", "Call")), ("", ("mails", "Add an address"))],
)
def test_a_client_whom_mail_does_not_reach_is_one_line_the_most_useful(books, phone, shown):
    client = Client.objects.get()
    Person.objects.update(bounced_at=clock.now(), phone=phone)
    for _ in range(2):
        refused_mail(client)

    rows = [row for row in brief(books).work.rows if row.task.group in {"calls", "mails"}]

    assert [(row.task.group, row.task.action_label) for row in rows] == [shown]
    assert rows[0].task.sum == Decimal(1500)


def test_a_refused_mail_to_a_client_who_has_another_address_is_the_call_alone(books):
    refused_mail(Client.objects.get())

    rows = [row for row in brief(books).work.rows if row.task.group in {"calls", "mails"}]

    assert [row.task.action_label for row in rows] == ["Call"]


def test_a_call_of_the_ladder_stays_beside_the_missing_address(books):
    client = Client.objects.get()
    Person.objects.update(bounced_at=clock.now())
    Message.objects.create(client=client, kind="CALL_STEP", channel="CALL", state="TODO")

    rows = [row for row in brief(books).work.rows if row.task.group in {"calls", "mails"}]

    assert sorted(row.task.action_label for row in rows) == ["Add an address", "Call"]


def test_money_that_came_in_this_month_is_summed(books):
    takings = brief(books).takings

    assert (takings.amount, takings.count, takings.change) == (Decimal("600.00"), 1, None)


def test_the_late_invoice_is_listed_with_its_days(books):
    assert [(row.days, row.chip) for row in brief(books).late] == [(42, "OVERDUE")]


def test_the_list_can_be_narrowed_to_a_group(books):
    everything = brief(books).work
    narrowed = brief(books, show="setup").work

    assert {row.task.group for row in narrowed.rows} == {"setup"}
    assert (narrowed.count, narrowed.total) == (everything.count, everything.total)


def test_a_business_without_invoices_is_new(in_acme):
    assert brief(in_acme).is_new is True


def test_the_number_of_queries_does_not_depend_on_the_data(books, django_assert_num_queries):
    with django_assert_num_queries(1):
        brief(books)


def test_one_statement_gives_what_each_query_would_have_given(books):
    queries = [
        owed_query(TODAY),
        takings_query(TODAY),
        last_payments(),
        late_query(TODAY),
        planned_query(TODAY),
        planned_count_query(TODAY),
        settings_query(),
        *(source.query(TODAY) for source in SOURCES),
    ]

    together = read_together(queries)

    assert together == [list(query) for query in queries]
    assert [len(rows) for rows in together[:4]] == [1, 1, 1, 1]
    assert [type(value) for value in together[2][0].values()] == [
        type(value) for value in last_payments()[0].values()
    ]


def test_the_page_takes_no_more_than_eight_queries(books, client, owner, settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    client.force_login(owner)
    client.get("/t/acme/")

    with CaptureQueriesContext(connection) as queries:
        page = client.get("/t/acme/")

    # the test's own transaction adds a savepoint and tells the scope twice
    asked = [query for query in queries if not (query["sql"] or "").startswith(MARKS)]
    assert (page.status_code, len(asked) <= 8) == (200, True)
