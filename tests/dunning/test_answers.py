"""What a client answers behind the link, and what the owner makes of it."""

import datetime as dt
import uuid

import pytest

from clients.models import Message
from core.errors import DomainError
from dunning.models import Case, Dispute, Promise
from dunning.services import (
    confirm_arrival,
    deny_arrival,
    promise_to_pay,
    report_problem,
    resolve_dispute,
    run_dunning,
    say_paid,
)
from dunning.services.answering import Answer, CannotAnswer, NothingOwed
from payments.models import Payment
from tenants import clock
from tenants.models import Business
from tests.factories.dunning import FIRM_DAY, FIRST_DAY, at, debtor, late_case, run

TODAY = dt.date(2026, 3, 9)  # a Monday, between the first reminder and the firm one


def answer(*cases, on=TODAY, key=None):
    return Answer(
        client=cases[0].client,
        receivables=[case.receivable for case in cases],
        language="fr",
        key=key or str(uuid.uuid4()),
        today=on,
        now=at(on, 11),
    )


def fresh(case):
    return Case.objects.get(pk=case.pk)


def test_money_said_to_have_left_is_waited_for_three_business_days(in_acme):
    case = late_case()

    message = say_paid(answer(case), paid_on=TODAY, means="TRANSFER", note="hier soir")

    assert (fresh(case).silence, fresh(case).silent_until) == ("SAYS_PAID", dt.date(2026, 3, 13))
    assert (message.channel, message.direction, message.state) == ("PORTAL", "IN", "TODO")
    assert (message.body_text, message.facts["means"]) == ("hier soir", "TRANSFER")


def test_reminders_resume_when_the_money_has_not_come(in_acme):
    case = late_case()
    run(FIRST_DAY)
    say_paid(answer(case), paid_on=TODAY, means="TRANSFER")

    run(FIRM_DAY)

    assert case.reminders.order_by("id").values_list("step", flat=True).last() == "FIRM"


def test_the_same_form_sent_twice_is_one_answer(in_acme):
    case = late_case()
    key = str(uuid.uuid4())

    first = say_paid(answer(case, key=key), paid_on=TODAY, means="CHEQUE")
    second = say_paid(answer(case, key=key), paid_on=TODAY, means="CHEQUE")

    assert first.pk == second.pk


def test_said_again_within_a_month_it_is_noted_and_holds_nothing(in_acme):
    case = late_case()
    first = say_paid(answer(case), paid_on=TODAY, means="TRANSFER")
    deny_arrival(answer=first, user=None, today=TODAY, now=at(TODAY, 12))

    say_paid(answer(case), paid_on=TODAY, means="TRANSFER")

    assert fresh(case).silence != "SAYS_PAID"
    assert Message.objects.filter(kind="SAYS_PAID").count() == 2


@pytest.mark.parametrize("paid_on", [TODAY + dt.timedelta(days=1), TODAY - dt.timedelta(days=93)])
def test_a_payment_is_of_the_last_three_months(in_acme, paid_on):
    case = late_case()

    with pytest.raises(CannotAnswer):
        say_paid(answer(case), paid_on=paid_on, means="TRANSFER")

    assert not Message.objects.filter(kind="SAYS_PAID").exists()


def test_what_arrived_is_recorded_in_one_act_and_the_task_is_done(in_acme):
    client = debtor()
    cases = [late_case(client), late_case(client, net="250")]
    message = say_paid(answer(*cases), paid_on=TODAY, means="CHEQUE")

    with clock.as_of(at(TODAY, 15)):
        payment = confirm_arrival(answer=message, user=None, now=at(TODAY, 15))

    message.refresh_from_db()
    assert (payment.means, payment.received_on) == ("CHEQUE", TODAY)
    assert payment.amount == 1500
    assert {fresh(case).state for case in cases} == {"CLOSED"}
    assert message.state == "DONE"


def test_what_arrived_is_recorded_once(in_acme):
    case = late_case()
    message = say_paid(answer(case), paid_on=TODAY, means="CHEQUE")
    with clock.as_of(at(TODAY, 15)):
        confirm_arrival(answer=message, user=None, now=at(TODAY, 15))

        with pytest.raises(DomainError):
            confirm_arrival(answer=message, user=None, now=at(TODAY, 15))

    assert Payment.objects.count() == 1


def test_not_arrived_ends_the_silence(in_acme):
    case = late_case()
    message = say_paid(answer(case), paid_on=TODAY, means="TRANSFER")

    deny_arrival(answer=message, user=None, today=TODAY, now=at(TODAY, 12))

    message.refresh_from_db()
    assert (fresh(case).silence, message.state) != ("SAYS_PAID", "TODO")
    assert fresh(case).says_paid_on is None


def test_a_day_named_by_the_client_holds_until_it_has_passed(in_acme):
    case = late_case()
    promised_for = dt.date(2026, 3, 31)

    message = promise_to_pay(answer(case), promised_for=promised_for)

    promise = Promise.objects.get()
    assert (promise.amount, promise.channel) == (case.receivable.balance, "PORTAL")
    assert (fresh(case).silence, fresh(case).silent_until) == ("PROMISED", dt.date(2026, 4, 1))
    assert message.facts["promised_for"] == "2026-03-31"


def test_a_promise_stays_within_what_the_tenant_allows(in_acme):
    case = late_case()
    Business.objects.update(longest_promise=10)

    promise_to_pay(answer(case), promised_for=TODAY + dt.timedelta(days=10))
    with pytest.raises(CannotAnswer):
        promise_to_pay(answer(case), promised_for=TODAY + dt.timedelta(days=11))


def test_a_third_promise_asks_for_a_call(in_acme):
    case = late_case()
    for days in (5, 6):
        promise_to_pay(answer(case), promised_for=TODAY + dt.timedelta(days=days))

    with pytest.raises(CannotAnswer):
        promise_to_pay(answer(case), promised_for=TODAY + dt.timedelta(days=7))

    assert Promise.objects.get(state="OPEN").promised_for == TODAY + dt.timedelta(days=6)
    assert Message.objects.filter(kind="PROMISE").count() == 2


def test_a_problem_opens_a_dispute_of_each_debt(in_acme):
    client = debtor()
    cases = [late_case(client), late_case(client)]

    report_problem(answer(*cases), text="Il manque une porte.")

    assert set(Dispute.objects.values_list("case_id", "text")) == {
        (case.pk, "Il manque une porte.") for case in cases
    }
    assert {fresh(case).silence for case in cases} == {"DISPUTED"}


def test_a_second_problem_is_added_to_the_open_dispute(in_acme):
    case = late_case()
    report_problem(answer(case), text="Il manque une porte.")

    report_problem(answer(case), text="Et la serrure.")

    assert Dispute.objects.count() == 1
    assert Message.objects.filter(kind="PROBLEM").count() == 2


def test_a_problem_that_says_nothing_is_refused(in_acme):
    case = late_case()

    with pytest.raises(CannotAnswer):
        report_problem(answer(case), text="  ")


def test_the_report_is_done_once_the_dispute_is_resolved(in_acme):
    case = late_case()
    message = report_problem(answer(case), text="Il manque une porte.")

    resolve_dispute(
        dispute=Dispute.objects.get(),
        resolution="La porte est livrée.",
        user=None,
        today=TODAY,
        now=at(TODAY, 12),
    )

    message.refresh_from_db()
    assert message.state == "DONE"


def test_nothing_is_answered_about_what_is_settled(in_acme):
    case = late_case()
    paid = say_paid(answer(case), paid_on=TODAY, means="CASH")
    with clock.as_of(at(TODAY, 15)):
        confirm_arrival(answer=paid, user=None, now=at(TODAY, 15))

    with pytest.raises(NothingOwed):
        say_paid(answer(case), paid_on=TODAY, means="TRANSFER")


def test_the_money_that_came_settles_the_answers_about_it(in_acme):
    case = late_case()
    message = promise_to_pay(answer(case), promised_for=TODAY + dt.timedelta(days=5))
    paid = say_paid(answer(case), paid_on=TODAY, means="CASH")

    with clock.as_of(at(TODAY, 15)):
        confirm_arrival(answer=paid, user=None, now=at(TODAY, 15))

    assert set(Message.objects.filter(pk__in=[message.pk, paid.pk]).values_list("state")) == {
        ("DONE",)
    }
    assert Promise.objects.get().state == "KEPT"


def test_the_page_of_an_answer_offers_what_fits(visit, inside):
    case = inside(late_case)
    message = inside(say_paid, inside(answer, case), paid_on=TODAY, means="TRANSFER")

    page = visit(f"dunning/answers/{message.public_id}/", on=TODAY)
    done = visit(f"dunning/answers/{message.public_id}/arrived/", {}, on=TODAY)

    assert "It has arrived" in page.content.decode()
    assert done.status_code == 302
    assert inside(lambda: Payment.objects.get().amount) == 1200


def test_today_shows_the_answer(visit, inside):
    case = inside(late_case)
    message = inside(promise_to_pay, inside(answer, case), promised_for=dt.date(2026, 3, 20))

    page = visit("", on=TODAY).content.decode()

    assert f"/dunning/answers/{message.public_id}/" in page
    assert "Will pay on" in page


def test_an_answer_can_only_be_ticked_off(visit, inside):
    case = inside(late_case)
    message = inside(report_problem, inside(answer, case), text="Non conforme")

    assert visit(f"dunning/answers/{message.public_id}/seen/", {}, on=TODAY).status_code == 302
    assert inside(lambda: Message.objects.get(pk=message.pk).state) == "DONE"
    assert inside(lambda: Dispute.objects.get().state) == "OPEN"


def test_run_after_a_promise_says_nothing(in_acme):
    case = late_case()
    promise_to_pay(answer(case), promised_for=dt.date(2026, 3, 31))

    with clock.as_of(at(FIRM_DAY)):
        run_dunning(today=FIRM_DAY)

    assert not case.reminders.exists()
