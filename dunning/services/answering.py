"""What a client answers behind the link: it is paid, it will be, there is a problem.

Each answer holds its cases, waits on Today to be looked at, and is kept word for word.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from clients.models import Attachment, Client, Message
from core.errors import DomainError
from dunning.cases import decide_anew
from dunning.models import Case, Dispute, Promise
from dunning.services.silencing import open_dispute, record_promise
from dunning.todo import PROBLEM, PROMISE, SAYS_PAID, cases_of
from invoices.ledger import lock_client
from invoices.models import Receivable
from payments.models import Payment
from tenants.audit import record
from tenants.models import Business, StoredFile
from tenants.scope import tenant_atomic

OLDEST_PAYMENT = dt.timedelta(days=92)
CLAIM_HOLDS_AGAIN_AFTER = dt.timedelta(days=30)
BEGINNING = 160
PROMISES_ALONE = 2  # of one debt, by the client; a third is agreed by telephone
MEANS = (Payment.Means.TRANSFER, Payment.Means.CHEQUE, Payment.Means.CASH, Payment.Means.OTHER)


class NothingOwed(DomainError):
    """Nothing is asked for any more."""


class CannotAnswer(DomainError):
    """The answer is not one that can hold a reminder."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What every answer has: whose, about which debts, and the form it came from.

    `key` is the form's own random id: the same form sent twice is one answer.
    """

    client: Client
    receivables: Sequence[Receivable]
    language: str
    key: str
    today: dt.date
    now: dt.datetime


@tenant_atomic()
def say_paid(
    answer: Answer, *, paid_on: dt.date, means: str, note: str = "", proof: StoredFile | None = None
) -> Message:
    """The client says the money has left: three business days of silence, and a task.

    Said again of the same debt within 30 days it is noted, and holds nothing: money that does not
    come is asked for.

    Raises:
        CannotAnswer: a day to come, or more than three months ago.
        NothingOwed: it is settled already.
    """
    if not answer.today - OLDEST_PAYMENT <= paid_on <= answer.today:
        raise CannotAnswer(_("Say the day on which you paid, within the last three months."))
    cases = _cases(answer)
    facts = {"paid_on": paid_on.isoformat(), "means": Payment.Means(means).value}
    message, is_new = _note(answer, SAYS_PAID, cases, text=note, file=proof, facts=facts)
    if is_new:
        said = _said_lately(message, answer)
        held = [case.pk for case in cases if case.pk not in said]
        Case.objects.filter(pk__in=held).update(says_paid_on=answer.today)
        decide_anew(held, today=answer.today)
    return message


@tenant_atomic()
def promise_to_pay(answer: Answer, *, promised_for: dt.date, note: str = "") -> Message:
    """The client names the day: silence until it has passed, within the tenant's bounds.

    Raises:
        CannotAnswer: too far away, or promised twice already.
        NothingOwed: it is settled already.
    """
    most = Business.objects.values_list("longest_promise", flat=True).get()
    last = answer.today + dt.timedelta(days=most)
    if not answer.today <= promised_for <= last:
        raise CannotAnswer(_("Choose a day until %(last)s."), last=last)
    cases = _cases(answer)
    message, is_new = _note(
        answer, PROMISE, cases, text=note, facts={"promised_for": promised_for.isoformat()}
    )
    if is_new:
        _refuse_a_third(cases)
        for case in cases:
            record_promise(
                case=case,
                amount=case.receivable.balance,
                promised_for=promised_for,
                made_by=answer.client.name[:150],
                channel=Message.Channel.PORTAL,
                user=None,
                today=answer.today,
                now=answer.now,
            )
    return message


@tenant_atomic()
def report_problem(answer: Answer, *, text: str, proof: StoredFile | None = None) -> Message:
    """The client contests: silence until the owner has resolved it.

    Said again while a dispute is open, it is added to what was said.

    Raises:
        CannotAnswer: it says nothing.
        NothingOwed: it is settled already.
    """
    if not text.strip():
        raise CannotAnswer(_("Say what is wrong."))
    cases = _cases(answer)
    message, is_new = _note(answer, PROBLEM, cases, text=text, file=proof)
    if is_new:
        contested = set(
            Dispute.objects.filter(case__in=cases, state=Dispute.State.OPEN).values_list(
                "case_id", flat=True
            )
        )
        for case in cases:
            if case.pk not in contested:
                open_dispute(case=case, text=text, user=None, today=answer.today, now=answer.now)
    return message


def _cases(answer: Answer) -> list[Case]:
    """The open debts that the link is about, under the client's lock."""
    lock_client(answer.client.pk)
    rows = Case.objects.filter(
        receivable__in=[row.pk for row in answer.receivables],
        state=Case.State.OPEN,
        receivable__balance__gt=0,
    )
    cases = list(rows.select_related("receivable").order_by("receivable__due_on", "id"))
    if not cases:
        raise NothingOwed(_("Nothing is asked for any more."))
    return cases


def _note(
    answer: Answer,
    kind: str,
    cases: Sequence[Case],
    *,
    text: str,
    file: StoredFile | None = None,
    facts: dict[str, Any] | None = None,
) -> tuple[Message, bool]:
    """Keep the answer as a message received; False when this form was sent before."""
    message, is_new = Message.objects.get_or_create(
        unique_key=f"answer:{answer.key}",
        defaults={
            "client": answer.client,
            "kind": kind,
            "channel": Message.Channel.PORTAL,
            "direction": Message.Direction.IN,
            "state": Message.State.TODO,
            "language": answer.language,
            "facts": {
                "late": [case.pk for case in cases],
                "said_on": answer.today.isoformat(),
                **(facts or {}),
            },
            "body_text": text.strip(),
            "reason": _shortened(text.strip()) if kind == PROBLEM else "",
            "file_count": 1 if file else 0,
        },
    )
    if is_new:
        if file is not None:
            Attachment.objects.create(message=message, file=file, name=file.name)
        record(act=f"client_{kind.lower()}", subject=message, user=None, at=answer.now)
    return message, is_new


def _shortened(text: str) -> str:
    """The beginning of what was said, on one line."""
    line = " ".join(text.split())
    return line if len(line) <= BEGINNING else f"{line[:BEGINNING]}…"


def _said_lately(message: Message, answer: Answer) -> set[int]:
    """The cases (ids) of which the same was said within 30 days."""
    since = (answer.today - CLAIM_HOLDS_AGAIN_AFTER).isoformat()
    earlier = Message.objects.filter(
        client=answer.client, kind=SAYS_PAID, facts__said_on__gte=since
    ).exclude(pk=message.pk)
    return {case_id for each in earlier for case_id in cases_of(each)}


def _refuse_a_third(cases: Sequence[Case]) -> None:
    made = Promise.objects.filter(case__in=cases, channel=Message.Channel.PORTAL)
    for case in cases:
        if sum(1 for promise in made if promise.case_id == case.pk) >= PROMISES_ALONE:
            raise CannotAnswer(
                _("A day was named twice already. Please call us, so that we find a way together.")
            )
