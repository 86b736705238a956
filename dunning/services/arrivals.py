"""Money that a client says has left: it has arrived, or it has not."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext_lazy as _

from clients.models import Message
from clients.services import finish_task
from core.errors import DomainError
from dunning.cases import decide_anew
from dunning.models import Case
from dunning.todo import SAYS_PAID, cases_of
from invoices.ledger import lock_client
from payments.models import Payment
from payments.services import record_payment
from tenants.audit import record
from tenants.models import User
from tenants.scope import tenant_atomic

ZERO = Decimal(0)


class CannotSettle(DomainError):
    """The answer is not about a payment, or is settled already."""


@tenant_atomic()
def confirm_arrival(*, answer: Message, user: User | None, now: dt.datetime) -> Payment:
    """Record the payment that the client spoke of: what is open of these debts, on the day named.

    Raises:
        CannotSettle: nothing is open of them, or they are in two currencies.
    """
    cases = _locked_cases(answer)
    debts = {case.receivable: case.receivable.balance for case in cases}
    currencies = {receivable.currency for receivable in debts}
    if len(currencies) != 1:
        raise CannotSettle(_("Nothing is open of it any more, or in several currencies."))
    payment = record_payment(
        client=cases[0].client,
        amount=sum(debts.values(), ZERO),
        means=answer.facts["means"],
        currency=currencies.pop(),
        received_on=dt.date.fromisoformat(answer.facts["paid_on"]),
        allocations=debts,
        user=user,
        now=now,
    )
    answer.refresh_from_db()
    if answer.state == Message.State.TODO:
        finish_task(message=answer, user=user, now=now)
    return payment


@tenant_atomic()
def deny_arrival(*, answer: Message, user: User | None, today: dt.date, now: dt.datetime) -> None:
    """The money has not come: the silence ends now, and reminders go on where they stood.

    Raises:
        CannotSettle: the answer was about something else.
    """
    cases = [case.pk for case in _locked_cases(answer)]
    Case.objects.filter(pk__in=cases).update(says_paid_on=None)
    decide_anew(cases, today=today)
    finish_task(message=answer, user=user, now=now)
    record(act="payment_not_seen", subject=answer, user=user, at=now)


def _locked_cases(answer: Message) -> list[Case]:
    if answer.kind != SAYS_PAID or answer.client is None:
        raise CannotSettle(_("This is not about a payment."))
    lock_client(answer.client.pk)
    rows = Case.objects.filter(
        pk__in=cases_of(answer), state=Case.State.OPEN, receivable__balance__gt=ZERO
    )
    return list(rows.select_related("client", "receivable").order_by("pk"))
