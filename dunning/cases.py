"""The life of cases: opened with a debt, decided anew at every event, closed with the debt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence

from django.utils.translation import gettext as _

from clients.models import Message
from clients.services import cancel_message
from dunning.case_facts import read_cases
from dunning.ladder_rows import standard_policy
from dunning.models import Approval, Case, Dispute, Profile, Promise, Reminder
from dunning.planning import decide_case
from dunning.reasons import EXPLANATIONS, Reason
from dunning.todo import call_off
from dunning.writing import update_cases, update_of
from invoices.models import Invoice, Receivable

# Handed over, or shown as if it had been: a copy kept here for want of a mail server counts.
SAID = (Message.State.SENT, Message.State.KEPT, Message.State.RETAINED)
_WAITING = (Message.State.QUEUED, Message.State.TODO)


def open_cases(*, receivables: Sequence[Receivable], today: dt.date) -> list[Case]:
    """Open a case for each receivable that has none; imported debts were mailed elsewhere."""
    have = set(
        Case.objects.filter(receivable__in=receivables).values_list("receivable_id", flat=True)
    )
    wanted = [receivable for receivable in receivables if receivable.pk not in have]
    policies = _policies_of({receivable.client_id for receivable in wanted})
    cases = [
        Case(
            receivable=receivable,
            client_id=receivable.client_id,
            invoice_id=receivable.invoice_id,
            policy_id=policies[receivable.client_id],
            opened_on=today,
            mailed_on=_mailed_elsewhere(receivable.invoice),
        )
        for receivable in wanted
    ]
    Case.objects.bulk_create(cases)
    decide_anew([case.pk for case in cases], today=today)
    return cases


def decide_anew(case_ids: Collection[int], *, today: dt.date) -> None:
    """Read and decide again after an event; what may be done now is left to the next run."""
    cases = read_cases(case_ids, today=today)
    update_cases(
        update_of(case, decide_case(case, case.facts, today=today), today, acted=False)
        for case in cases.values()
    )


def note_mailed(case_ids: Collection[int], *, on: dt.date, today: dt.date) -> None:
    """The invoice has reached the client: from here its steps count."""
    Case.objects.filter(pk__in=case_ids, mailed_on=None).update(mailed_on=on)
    decide_anew(case_ids, today=today)


def decide_clients_anew(client_ids: Collection[int], *, today: dt.date) -> None:
    cases = Case.objects.filter(client_id__in=client_ids, state=Case.State.OPEN)
    decide_anew(list(cases.values_list("pk", flat=True)), today=today)


def close_case(case: Case, *, by_money: bool, today: dt.date, now: dt.datetime) -> None:
    """The debt is gone: nothing more is said about it, except thanks when money settled it."""
    case.state, case.closed_at = Case.State.CLOSED, now
    case.next_action_on = case.silent_until = case.part_paid_on = case.says_paid_on = None
    case.next_step, case.silence = "", "PAID" if by_money else "CANCELLED"
    case.owes_thanks_since = today if by_money else None
    case.save()
    _call_off(case, why=str(EXPLANATIONS[Reason(case.silence)].plain))
    Promise.objects.filter(case=case, state=Promise.State.OPEN).update(state=Promise.State.KEPT)


def follow_balances(receivable_ids: Collection[int], *, today: dt.date, now: dt.datetime) -> None:
    """Bring cases in line with balances that a file has moved.

    What was paid elsewhere is no news by the time a file says so: it earns no thanks.
    """
    cases = Case.objects.filter(receivable_id__in=receivable_ids).order_by("pk")
    for case in cases.filter(state=Case.State.OPEN, receivable__balance=0):
        close_case(case, by_money=True, today=today, now=now)
        Case.objects.filter(pk=case.pk).update(owes_thanks_since=None)
    for case in cases.filter(state=Case.State.CLOSED, receivable__balance__gt=0):
        reopen_case(case, today=today)
    still_open = cases.filter(state=Case.State.OPEN)
    decide_anew(list(still_open.values_list("pk", flat=True)), today=today)


def note_disputed(receivable_ids: Collection[int], *, today: dt.date) -> None:
    """A file says that these are contested: silence, once; what was resolved here stays so."""
    cases = Case.objects.filter(
        receivable_id__in=receivable_ids, state=Case.State.OPEN, disputes=None
    ).order_by("pk")
    found = list(cases.values_list("pk", flat=True))
    text = str(_("Marked as contested in the imported file."))
    Dispute.objects.bulk_create(
        [Dispute(case_id=case_id, text=text, opened_on=today) for case_id in found]
    )
    decide_anew(found, today=today)


def reopen_case(case: Case, *, today: dt.date) -> None:
    """Money came back out: the debt is due again, and its steps may be taken again."""
    case.state, case.closed_at = Case.State.OPEN, None
    case.cycle += 1
    case.owes_thanks_since = None
    case.save()
    decide_anew([case.pk], today=today)


def profile_of(client_id: int) -> Profile:
    """How a client is dunned; the *Standard* ladder, not yet approved, unless said otherwise."""
    profile = Profile.objects.filter(client_id=client_id).first()
    if profile is None:
        profile, _new = Profile.objects.get_or_create(
            client_id=client_id, defaults={"policy": standard_policy()}
        )
    return profile


def _call_off(case: Case, *, why: str) -> None:
    """Take a closed case out of what waits; a message left without lines is cancelled."""
    Approval.objects.filter(case=case, state=Approval.State.ASKED).update(
        state=Approval.State.LAPSED
    )
    waiting = Reminder.objects.filter(case=case, state=Reminder.State.PLANNED)
    messages = {reminder.message_id for reminder in waiting if reminder.message_id}
    waiting.filter(message__state__in=_WAITING).update(
        state=Reminder.State.CANCELLED, cancelled_why=case.silence
    )
    for message in Message.objects.filter(pk__in=messages, state__in=_WAITING):
        if not Reminder.objects.filter(message=message, state=Reminder.State.PLANNED).exists():
            cancel_message(message=message, reason=why)
    call_off(case.client_id, why=why)


def _policies_of(client_ids: Collection[int]) -> dict[int, int]:
    """The policy of each client; those without a profile get the standard one (`profile_of`)."""
    known = Profile.objects.filter(client_id__in=client_ids)
    policies = dict(known.values_list("client_id", "policy_id"))
    if missing := sorted(set(client_ids) - policies.keys()):
        standard = standard_policy().pk
        Profile.objects.bulk_create(
            [Profile(client_id=client_id, policy_id=standard) for client_id in missing],
            ignore_conflicts=True,
        )
        policies = dict(known.all().values_list("client_id", "policy_id"))
    return policies


def _mailed_elsewhere(invoice: Invoice) -> dt.date | None:
    return invoice.issued_on if invoice.origin == Invoice.Origin.IMPORTED else None
