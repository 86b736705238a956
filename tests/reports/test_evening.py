"""The evening round: what leaves next, and "they have paid" in one click and for many at once."""

import datetime as dt
import uuid
from decimal import Decimal

import pytest
from django.conf import settings as django_settings

from dunning.models import Case
from dunning.next_run import leaving_on, next_run_on
from dunning.services import open_dispute, record_transfers
from dunning.services.transfers import LineChanged, Transfer
from payments.models import Movement, Payment
from payments.services import undo_payment
from reports.evening import read_evening
from tenants import clock
from tenants.models import AuditEntry
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.dunning import FIRST_DAY, debtor, late_case, pay, run

EVENING = dt.date(2026, 3, 5)  # the first reminder leaves on the morning after
NOW = dt.datetime(2026, 3, 5, 17, 30, tzinfo=dt.UTC)  # 18:30 in Paris
KEY = uuid.UUID("5f2c6c0e-6a0f-4b8e-9f51-0c4b8a7d2f10")


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True


@pytest.fixture
def ran(acme):
    """The reminders of that day have left."""
    acme.last_run_on = EVENING
    acme.save()
    return acme


@pytest.fixture
def books(ran):
    """Two clients whose first reminder leaves tomorrow, in a scope that is closed again."""
    with use_tenant(ran), tenant_atomic():
        late_case()
        late_case(debtor("Cabinet Audrain", email="compta@audrain.example"), net="500")
    return ran


@pytest.fixture
def page(client, books, owner):
    client.force_login(owner, django_settings.AUTHENTICATION_BACKENDS[0])
    client.defaults["HTTP_ACCEPT_LANGUAGE"] = "en"
    with clock.as_of(NOW):
        yield client


def rows_in(tenant, act, *args, **kwargs):
    with use_tenant(tenant), tenant_atomic():
        return act(*args, **kwargs)


def values_of(page):
    return [row.value for row in page.get("/t/acme/evening/").context["evening"].lines]


def posted(*lines, key=KEY, on=EVENING, **fields):
    return {"line": lines, "key": str(key), "received_on": on.isoformat(), **fields}


def payments():
    return list(
        Payment.objects.order_by("client__name").values_list(
            "client__name", "amount", "received_on", "means", "undone_at"
        )
    )


MORVAN = ("Garage Morvan", Decimal("1200.00"), EVENING, "TRANSFER", None)
AUDRAIN = ("Cabinet Audrain", Decimal("600.00"), EVENING, "TRANSFER", None)


# what leaves next ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("moment", "last_run_on", "expected"),
    [
        ((2026, 3, 5, 7), None, dt.date(2026, 3, 5)),  # the morning's run is still to come
        ((2026, 3, 5, 17), dt.date(2026, 3, 5), dt.date(2026, 3, 6)),
        ((2026, 3, 5, 18), None, dt.date(2026, 3, 6)),  # 19:00: too late for today
        ((2026, 3, 6, 17), dt.date(2026, 3, 6), dt.date(2026, 3, 9)),  # Friday for Monday
        ((2026, 4, 30, 17), dt.date(2026, 4, 30), dt.date(2026, 5, 4)),  # over a holiday
    ],
)
def test_the_next_run_is_today_or_the_next_business_day(acme, moment, last_run_on, expected):
    acme.last_run_on = last_run_on

    assert next_run_on(acme, dt.datetime(*moment, tzinfo=dt.UTC)) == expected


def test_what_is_announced_is_what_the_run_then_sends(books):
    with use_tenant(books), tenant_atomic():
        announced = {
            (line.client.name, case.pk, step)
            for line in leaving_on(FIRST_DAY)
            for case in line.cases
            for step in line.steps
        }
    with use_tenant(books):
        report = run(FIRST_DAY)

    with use_tenant(books), tenant_atomic():
        sent = {
            (case.client.name, case.pk, reminder.step)
            for case in Case.objects.select_related("client")
            for reminder in case.reminders.filter(taken_on=FIRST_DAY)
        }
    assert (announced, report.messages) == (sent, 2)
    assert {step for _client, _case, step in announced} == {"FIRST"}


def test_what_is_silent_or_waits_for_a_yes_does_not_leave(books):
    with use_tenant(books), tenant_atomic():
        late_case(debtor("Pas encore", approved=False, email="a@pas.example"))
        case = Case.objects.get(client__name="Cabinet Audrain")
        open_dispute(case=case, text="Broken", user=None, today=EVENING, now=NOW)

        assert [line.client.name for line in leaving_on(FIRST_DAY)] == ["Garage Morvan"]


def test_the_debts_of_a_client_are_one_line_less_their_credit(books):
    with use_tenant(books), tenant_atomic():
        case = Case.objects.get(client__name="Garage Morvan")
        late_case(case.client, net="100")
        pay(case.client.cases.first(), "50", on=EVENING, allocations={})

        (line, _other) = leaving_on(FIRST_DAY)

    assert (line.client.name, line.amount, len(line.cases)) == (
        "Garage Morvan",
        Decimal("1270.00"),
        2,
    )


def test_the_page_says_what_leaves_who_has_paid_and_what_waits(page, acme):
    with use_tenant(acme), tenant_atomic():
        case = Case.objects.get(client__name="Cabinet Audrain")
        pay(case, "600", on=EVENING)

    evening = page.get("/t/acme/evening/").context["evening"]

    assert [(row.client, row.amount) for row in evening.lines] == [("Garage Morvan", "€1,200.00")]
    assert [(row.client, row.amount, row.can_undo) for row in evening.paid] == [
        ("Cabinet Audrain", "€600.00", True)
    ]
    assert (evening.on, evening.is_tomorrow) == (FIRST_DAY, True)


def test_the_number_of_queries_does_not_grow_with_the_book(books, django_assert_max_num_queries):
    with use_tenant(books), tenant_atomic():
        for number in range(5):
            late_case(debtor(f"Client {number}", email=f"c{number}@x.example"))

        with django_assert_max_num_queries(7):
            evening = read_evening(tenant=books, moment=NOW)

    assert evening.count == 7


def test_an_accountant_reads_and_has_no_button(client, books, accountant):
    client.force_login(accountant, django_settings.AUTHENTICATION_BACKENDS[0])

    with clock.as_of(NOW):
        html = client.get("/t/acme/evening/").content.decode()

    assert "Garage Morvan" in html
    assert [mark in html for mark in ('name="only"', 'name="line"')] == [False, False]


# one click -------------------------------------------------------------------------------------


def test_one_click_records_the_whole_line_and_nothing_leaves_for_it(page, acme):
    values = values_of(page)

    answer = page.post("/t/acme/evening/paid/", posted(only=values[0]), follow=True)

    assert rows_in(acme, payments) == [MORVAN]
    assert [row.client for row in answer.context["evening"].lines] == ["Cabinet Audrain"]
    payment = rows_in(acme, Payment.objects.get)
    assert f'href="/t/acme/payments/{payment.public_id}/"' in answer.content.decode()
    assert f'href="/t/acme/payments/{payment.public_id}/undo/"' in answer.content.decode()
    assert rows_in(acme, AuditEntry.objects.filter(act="record_payment").count) == 1


def test_one_click_beside_a_line_leaves_the_ticked_ones_alone(page, acme):
    values = values_of(page)

    page.post("/t/acme/evening/paid/", posted(values[0], only=values[1]))

    assert rows_in(acme, payments) == [AUDRAIN]


def test_the_day_of_the_transfer_can_be_chosen(page, acme):
    day = dt.date(2026, 3, 2)

    page.post("/t/acme/evening/paid/", posted(only=values_of(page)[0], on=day))

    assert [row[2] for row in rows_in(acme, payments)] == [day]


def test_a_day_to_come_is_refused_beside_its_field_and_the_ticks_stay(page, acme):
    values = values_of(page)

    answer = page.post("/t/acme/evening/paid/", posted(*values, on=FIRST_DAY))

    assert answer.status_code == 422
    assert answer.content.decode().count("data-pick checked") == 2
    assert "A payment cannot be received on a day that has not come." in answer.content.decode()
    assert rows_in(acme, payments) == []


def test_a_click_sent_twice_is_one_payment(page, acme):
    form = posted(only=values_of(page)[0])

    for _ in range(2):
        page.post("/t/acme/evening/paid/", form)

    assert rows_in(acme, payments) == [MORVAN]
    assert rows_in(acme, Movement.objects.count) == 1


def test_what_was_noted_by_mistake_is_undone_and_leaves_again(page, acme):
    page.post("/t/acme/evening/paid/", posted(only=values_of(page)[0]))
    payment = rows_in(acme, Payment.objects.get)

    page.post(f"/t/acme/payments/{payment.public_id}/undo/")

    evening = page.get("/t/acme/evening/").context["evening"]
    assert [row.client for row in evening.lines] == ["Garage Morvan", "Cabinet Audrain"]
    assert evening.paid == []


def test_the_form_of_an_undone_payment_records_nothing_again(page, acme):
    form = posted(only=values_of(page)[0])
    page.post("/t/acme/evening/paid/", form)
    rows_in(acme, lambda: undo_payment(payment=Payment.objects.get(), now=NOW, user=None))

    page.post("/t/acme/evening/paid/", form)

    assert rows_in(acme, Payment.objects.filter(undone_at=None).count) == 0


# many at once ----------------------------------------------------------------------------------


def test_many_are_said_before_they_are_recorded(page, acme):
    answer = page.post("/t/acme/evening/paid/", posted(*values_of(page)))

    html = answer.content.decode()
    assert (answer.status_code, rows_in(acme, payments)) == (200, [])
    assert answer.context["title"] == "2 payments by transfer, €1,800.00"
    assert [name in html for name in ("Garage Morvan", "Cabinet Audrain", "5 March 2026")] == [
        True
    ] * 3


def test_many_are_recorded_together_once_however_often_it_is_sent(page, acme):
    form = posted(*values_of(page), sure="True")

    for _ in range(3):
        answer = page.post("/t/acme/evening/paid/", form, follow=True)

    assert rows_in(acme, payments) == [AUDRAIN, MORVAN]
    assert "2 payments are recorded:" in answer.content.decode()


def test_the_confirmation_sends_what_it_says(page, acme):
    asked = page.post("/t/acme/evening/paid/", posted(*values_of(page))).context["form"]

    page.post(
        "/t/acme/evening/paid/",
        {name: asked.initial[name] for name in ("line", "key", "received_on", "sure")},
    )

    assert rows_in(acme, payments) == [AUDRAIN, MORVAN]


def test_nothing_ticked_is_asked_for(page):
    answer = page.post("/t/acme/evening/paid/", posted())

    assert answer.status_code == 422
    assert "Tick who has paid." in answer.content.decode()


@pytest.mark.parametrize("line", ["", "abc", "10", "10:", "10:not-an-id", "ten:" + str(KEY)])
def test_a_line_that_means_nothing_is_refused(page, acme, line):
    answer = page.post("/t/acme/evening/paid/", posted(line, sure="True"))

    assert (answer.status_code, rows_in(acme, payments)) == (422, [])


def test_debts_of_another_tenant_are_not_found(page, acme, globex):
    with use_tenant(globex), tenant_atomic():
        theirs = late_case(debtor("Dupont")).public_id
    form = posted(*values_of(page), f"1200.00:{theirs}", sure="True")

    answer = page.post("/t/acme/evening/paid/", form)

    assert answer.status_code == 404
    assert (rows_in(acme, payments), rows_in(globex, payments)) == ([], [])


def test_debts_of_two_clients_are_not_one_line(page, acme):
    ids = rows_in(acme, lambda: list(Case.objects.values_list("public_id", flat=True)))

    answer = page.post("/t/acme/evening/paid/", posted(f"1800.00:{ids[0]},{ids[1]}", sure="True"))

    assert (answer.status_code, rows_in(acme, payments)) == (404, [])


def test_a_debt_paid_between_page_and_click_is_not_paid_twice(page, acme):
    values = values_of(page)
    with use_tenant(acme), tenant_atomic():
        pay(Case.objects.get(client__name="Garage Morvan"), "1200", on=EVENING)

    answer = page.post("/t/acme/evening/paid/", posted(*values, sure="True"), follow=True)

    assert rows_in(acme, payments) == [MORVAN]
    assert "What Garage Morvan owes has changed" in answer.content.decode()


def test_a_debt_paid_before_the_question_is_left_out_of_it(page, acme):
    values = values_of(page)
    with use_tenant(acme), tenant_atomic():
        pay(Case.objects.get(client__name="Garage Morvan"), "1200", on=EVENING)

    answer = page.post("/t/acme/evening/paid/", posted(*values))

    assert answer.context["title"] == "1 payment by transfer, €600.00"
    assert "Garage Morvan owes nothing of this any more" in answer.content.decode()


def test_a_sum_that_was_never_shown_is_not_recorded(page, acme):
    _sum, _colon, cases = values_of(page)[0].partition(":")

    page.post("/t/acme/evening/paid/", posted(f"1.00:{cases}", sure="True"))

    assert rows_in(acme, payments) == []


def test_a_last_click_that_is_refused_keeps_what_was_ticked(page, acme):
    values = values_of(page)
    _sum, _colon, cases = values[0].partition(":")

    answer = page.post("/t/acme/evening/paid/", posted(f"1.00:{cases}", values[1], sure="True"))

    assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["line"])
    assert answer.context["picked"] == values  # with the sums of now
    assert answer.content.decode().count("data-pick checked") == 2
    assert rows_in(acme, payments) == []


def test_an_address_opened_again_leads_back_to_the_round(page):
    assert page.get("/t/acme/evening/paid/").url == "/t/acme/evening/"


def test_one_line_that_changed_records_none(books):
    with use_tenant(books), tenant_atomic():
        lines = leaving_on(FIRST_DAY)
    transfers = [Transfer(lines[0], lines[0].amount), Transfer(lines[1], Decimal(1))]

    with use_tenant(books), pytest.raises(LineChanged):
        record_transfers(
            transfers=transfers, received_on=EVENING, key=KEY, user=None, today=EVENING, now=NOW
        )

    assert rows_in(books, payments) == []
