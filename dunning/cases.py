"""The life of cases: opened with a debt, decided anew at every event, closed with the debt."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Sequence
from typing import Any, Final

from django.utils.translation import gettext as _

from clients.models import Message
from clients.services import cancel_message
from dunning.case_facts import read_cases
from dunning.ladder_rows import plan_policy, standard_policy
from dunning.models import Approval, Case, Dispute, Profile, Promise, Reminder
from dunning.planning import decide_case
from dunning.reasons import EXPLANATIONS, Reason
from dunning.todo import call_off, settle_answers
from dunning.writing import update_cases, update_of
from invoices.models import Receivable
from tenants.bulk import insert_rows
from tenants.prepared import fetch_prepared
from tenants.scope import scoped_tenant_id

# Handed over, or shown as if it had been: a copy kept here for want of a mail server counts.
SAID = (Message.State.SENT, Message.State.KEPT, Message.State.RETAINED)
_WAITING = (Message.State.QUEUED, Message.State.TODO)
_READ: Final = """
    SELECT r.id, r.client_id, r.invoice_id,
        coalesce(g.agreed_on, CASE i.origin WHEN 'IMPORTED' THEN i.issued_on END),
        p.policy_id, g.id IS NOT NULL
    FROM invoices_receivable r
    LEFT JOIN invoices_installmentplan g ON g.tenant_id = r.tenant_id AND g.id = r.plan_id
        AND g.state = 'AGREED'
    JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
    LEFT JOIN dunning_profile p ON p.tenant_id = r.tenant_id AND p.client_id = r.client_id
    WHERE r.tenant_id = %(tenant)s::bigint AND NOT EXISTS (
        SELECT FROM dunning_case c WHERE c.tenant_id = r.tenant_id AND c.receivable_id = r.id
    ) AND """
_CASELESS: Final = _READ + "r.id = ANY (%(receivables)s::bigint[]) ORDER BY r.id"
_CASELESS_OF: Final = _READ + "r.invoice_id = %(invoice)s::bigint ORDER BY r.id"


def open_cases(*, receivable_ids: Collection[int], today: dt.date) -> list[int]:
    """Open a case for each receivable that has none, and give the receivables that got one.

    Imported debts were mailed elsewhere; the client knows a part of a plan since agreeing to it.
    """
    given = {"receivables": list(receivable_ids), "tenant": scoped_tenant_id()}
    return _open(fetch_prepared(_CASELESS, given), today)


def open_cases_of(invoice_id: int, *, today: dt.date) -> list[int]:
    """The same for every receivable of an invoice."""
    given = {"invoice": invoice_id, "tenant": scoped_tenant_id()}
    return _open(fetch_prepared(_CASELESS_OF, given), today)


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


def close_case(
    case: Case, *, by_money: bool, today: dt.date, now: dt.datetime, by_plan: bool = False
) -> None:
    """The debt is gone: nothing more is said about it, except thanks when money settled it.

    Of a plan the last part alone earns thanks. What a plan has replaced is neither paid nor
    cancelled: what was promised or disputed of it is settled by the plan.
    """
    case.state, case.closed_at = Case.State.CLOSED, now
    case.next_action_on = case.silent_until = case.part_paid_on = case.says_paid_on = None
    case.next_step, case.silence = "", _why_closed(by_money=by_money, by_plan=by_plan)
    case.owes_thanks_since = today if by_money and not _has_more_parts(case) else None
    case.save()
    _call_off(case, why=str(EXPLANATIONS[Reason(case.silence)].plain))
    settle_answers(case.client_id, now=now)
    promises = Promise.objects.filter(case=case, state=Promise.State.OPEN)
    promises.update(state=Promise.State.WITHDRAWN if by_plan else Promise.State.KEPT)
    if by_plan:
        Dispute.objects.filter(case=case, state=Dispute.State.OPEN).update(
            state=Dispute.State.RESOLVED,
            resolution=str(_("Settled by a payment plan.")),
            resolved_on=today,
        )


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


def reopen_case(case: Case, *, today: dt.date, by_plan: bool = False) -> None:
    """Money came back out: the debt is due again, and its steps may be taken again.

    A plan that is undone gives the debt back as it was: what was said of it stays said.
    """
    case.state, case.closed_at = Case.State.OPEN, None
    case.cycle += 0 if by_plan else 1
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


def _why_closed(*, by_money: bool, by_plan: bool) -> str:
    if by_plan:
        return Reason.PLAN.value
    return Reason.PAID.value if by_money else Reason.CANCELLED.value


def _has_more_parts(case: Case) -> bool:
    plan_id = case.receivable.plan_id
    if plan_id is None:
        return False
    return Receivable.objects.filter(plan_id=plan_id, balance__gt=0).exists()


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


def _open(rows: Sequence[tuple[Any, ...]], today: dt.date) -> list[int]:
    missing = sorted({row[1] for row in rows if row[4] is None})
    policies = give_profiles(missing) if missing else {}
    of_parts = plan_policy().pk if any(row[5] for row in rows) else None
    cases = insert_rows(
        Case,
        [
            {
                "receivable_id": pk,
                "client_id": client,
                "invoice_id": invoice,
                "policy_id": of_parts if is_part else policy or policies[client],
                "opened_on": today,
                "mailed_on": mailed_on,
            }
            for pk, client, invoice, mailed_on, policy, is_part in rows
        ],
    )
    decide_anew(cases, today=today)
    return [row[0] for row in rows]


def give_profiles(client_ids: Collection[int]) -> dict[int, int]:
    """The policy of clients without a profile: they get the standard one (`profile_of`)."""
    standard = standard_policy().pk
    Profile.objects.bulk_create(
        [Profile(client_id=client_id, policy_id=standard) for client_id in client_ids],
        ignore_conflicts=True,
    )
    known = Profile.objects.filter(client_id__in=client_ids)
    return dict(known.values_list("client_id", "policy_id"))
