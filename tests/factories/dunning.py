"""A debt under dunning, in a quiet month: issued on 2 February 2026, due on Wednesday 4 March."""

import datetime as dt
from decimal import Decimal

from clients.models import Message
from dunning.cases import decide_anew
from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Approval, Case, Policy, Reminder
from dunning.services import approve_ladder, grant, run_dunning
from payments.services import record_payment
from tenants import clock
from tests.factories.books import issued_invoice, make_client

ISSUED = dt.date(2026, 2, 2)
DUE = dt.date(2026, 3, 4)
PRE_DUE_DAY = dt.date(2026, 3, 3)
FIRST_DAY = dt.date(2026, 3, 6)
FIRM_DAY = dt.date(2026, 3, 13)
LAST_DAY = dt.date(2026, 3, 20)
NOTICE_DAY = dt.date(2026, 4, 3)


def day(month, number):
    return dt.date(2026, month, number)


def at(today, hour=9):
    return clock.at_hour(today, hour)


def debtor(name="Garage Morvan", *, approved=True, firm_steps_alone=True, **fields):
    """A client whose ladder is approved; inside a scope."""
    if not Policy.objects.exists():
        write_shipped_ladders()
    client = make_client(name, **fields)
    if approved:
        approve_ladder(
            client=client,
            user=None,
            today=ISSUED,
            now=at(ISSUED),
            firm_steps_alone=firm_steps_alone,
        )
    return client


def late_case(client=None, *, net="1000", mailed=True, on=ISSUED, terms="NET_30"):
    """An invoice issued, and mailed the same day, with its case."""
    client = client or debtor()
    invoice = issued_invoice(client, on=on, net=net, terms=terms)
    case = Case.objects.get(invoice=invoice)
    if mailed:
        Case.objects.filter(pk=case.pk).update(mailed_on=on)
    decide_anew([case.pk], today=on)
    case.refresh_from_db()
    return case


def run(today, *, hour=9):
    with clock.as_of(at(today, hour)):
        return run_dunning(today=today)


def run_until(last, *, first=PRE_DUE_DAY):
    """Run on the days on which something is due, and no other."""
    today = first
    while today <= last:
        run(today)
        due = Case.objects.filter(next_action_on__isnull=False).order_by("next_action_on")
        following = due.values_list("next_action_on", flat=True).first()
        if following is None:
            return
        today = max(following, today + dt.timedelta(days=1))


def walk_to_notice(case, *, yes=True):
    """Take every amicable step as delivered, up to the question about the formal notice."""
    for step, on in (("PRE_DUE", PRE_DUE_DAY), ("FIRST", FIRST_DAY), ("FIRM", FIRM_DAY)):
        taken(case, step, on)
    taken(case, "LAST_CALL", LAST_DAY)
    decide_anew([case.pk], today=LAST_DAY)
    run(NOTICE_DAY)
    approval = Approval.objects.get(case=case, state=Approval.State.ASKED)
    if yes:
        grant(approval=approval, user=None, today=NOTICE_DAY, now=at(NOTICE_DAY))
        run(NOTICE_DAY, hour=10)
    return approval


def taken(case, step, on, *, state=Reminder.State.DONE):
    return Reminder.objects.create(case=case, step=step, cycle=case.cycle, state=state, taken_on=on)


def steps_of(case):
    """The steps taken for a case, with their cycles."""
    return list(
        Reminder.objects.filter(case=case)
        .exclude(state="CANCELLED")
        .order_by("id")
        .values_list("step", "cycle")
    )


def message_of(case):
    """The last email about a case."""
    reminder = Reminder.objects.filter(case=case).exclude(message=None).latest("id")
    return Message.objects.get(pk=reminder.message_id)


def pay(case, amount, *, on, **fields):
    with clock.as_of(at(on, 11)):
        return record_payment(
            client=case.client,
            amount=Decimal(amount),
            means="TRANSFER",
            received_on=on,
            now=clock.now(),
            user=None,
            **fields,
        )
