"""The last look before a reminder leaves: everything is read again, under the client's lock."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import partial
from typing import Final

from django.utils.translation import gettext as _

from clients.kinds import Cancel, Hold, Send, Verdict
from clients.models import Message
from core.calendar import is_business_day, next_business_day, region_named
from dunning.by_hand import decide_by_hand
from dunning.case_facts import KnownCase, read_cases
from dunning.cases import decide_anew
from dunning.mails import write_reminder
from dunning.models import Case, Notice, Reminder
from dunning.notices import has_changed, notice_of_or_none, was_posted, withdraw
from dunning.planning import decide_case
from dunning.policy import Act, CaseFacts, Decision
from dunning.reasons import EXPLANATIONS, Reason
from tenants.clock import at_hour, local
from tenants.rows import read_rows
from tenants.scope import current_tenant

_HELD = {Reason.STOPPED, Reason.NOT_YET}
# sent again by a human, a message that failed or was in doubt speaks of its lines once more
_SPEAKS = ("PLANNED", "FAILED", "AMBIGUOUS")
_LINES: Final = """
    message_id = %(message)s::bigint AND state = ANY (%(states)s::text[]) ORDER BY id FOR UPDATE
"""


def reminder_gate(message: Message, now: dt.datetime) -> Verdict:
    """Decide each line afresh, as if its step had not been taken; drop those that lost their point.

    A line whose case would take the same step today stays. The red switch and a day off hold the
    whole message; a message without lines is cancelled.
    """
    today = local(now).date()
    reminders = _lines(message)
    cases = read_cases(
        [reminder.case_id for reminder in reminders],
        today=today,
        leaving_out=[reminder.pk for reminder in reminders],
    )
    kept, dropped = [], []
    for reminder in reminders:
        case = cases[reminder.case_id]
        decision = _decide(reminder, case, today)
        if isinstance(decision, Act) and decision.step.key == reminder.step:
            kept.append(reminder)
            _keep(reminder, case.facts)
        elif decision.reason in _HELD:
            return Hold(str(EXPLANATIONS[decision.reason].plain))
        else:
            dropped.append((reminder, decision.reason))
    _drop(dropped, today)
    if not kept:
        reason = dropped[0][1] if dropped and dropped[0][1] else Reason.PAID
        return Cancel(str(EXPLANATIONS[reason].plain))
    ids = {reminder.case_id for reminder in kept}
    for block in ("late", "coming"):
        message.facts[block] = [pk for pk in message.facts[block] if pk in ids]
    kept_cases = {pk: case for pk, case in cases.items() if pk in ids}
    return Send(write=partial(write_reminder, message, kept_cases, kept))


def notice_gate(message: Message, now: dt.datetime) -> Verdict:
    """A formal notice waits for its PDF, and never leaves saying what is no longer true."""
    notice = notice_of_or_none(message)
    if notice is None or notice.document_id is None:
        return Hold(str(_("The letter is being prepared.")))
    if was_posted(notice):
        return _follow_letter(message, notice, now)
    verdict = reminder_gate(message, now)
    lines = set(message.facts["late"])
    today = local(now).date()
    if isinstance(verdict, Send) and has_changed(notice, lines):
        _drop([(reminder, None) for reminder in _lines(message)], today)
        verdict = Cancel(str(_("What is owed has changed: the notice is written afresh.")))
    if isinstance(verdict, Cancel):
        withdraw(notice, today=today, now=now)
    return Send() if isinstance(verdict, Send) else verdict


def _follow_letter(message: Message, notice: Notice, now: dt.datetime) -> Verdict:
    """The letter has been posted, so the step is taken: the email goes if it is still true."""
    if has_changed(notice, set(message.facts["late"])):
        return Cancel(str(_("The letter was posted, and what is owed has changed since.")))
    return _day_off(now) or Send()


def thanks_gate(message: Message, now: dt.datetime) -> Verdict:
    """Thanks go only to who still owes nothing on what is thanked for."""
    cases = Case.objects.filter(pk__in=message.facts["cases"], state=Case.State.CLOSED)
    message.facts["cases"] = list(cases.order_by("id").values_list("pk", flat=True))
    if not message.facts["cases"]:
        return Cancel(str(_("What was paid is owed again.")))
    return _day_off(now) or Send()


def _day_off(now: dt.datetime) -> Hold | None:
    """Hold what a failing server has kept back until a day off; it leaves when business resumes."""
    tenant, today = current_tenant(), local(now).date()
    region = region_named(tenant.region)
    if is_business_day(today, region):
        return None
    resumes = at_hour(next_business_day(today, region), tenant.send_hour)
    return Hold(str(_("It leaves on the next business day.")), until=resumes)


def _lines(message: Message) -> list[Reminder]:
    return read_rows(Reminder, _LINES, {"message": message.pk, "states": list(_SPEAKS)})


def _decide(reminder: Reminder, case: KnownCase, today: dt.date) -> Decision:
    if reminder.snapshot.get("by_hand"):
        return decide_by_hand(case, case.facts, today=today)
    return decide_case(case, case.facts, today=today)


def _keep(reminder: Reminder, facts: CaseFacts) -> None:
    """Write down what is asked now; mostly that is what was planned, and nothing is written."""
    asked = {"balance": str(facts.balance), "credit": str(facts.credit)}
    if reminder.state == Reminder.State.PLANNED and reminder.snapshot.items() >= asked.items():
        return
    reminder.state = Reminder.State.PLANNED
    reminder.snapshot.update(asked)
    reminder.save(update_fields=["snapshot", "state"])


def _drop(dropped: Iterable[tuple[Reminder, Reason | None]], today: dt.date) -> None:
    lines = list(dropped)
    for reminder, reason in lines:
        reminder.state = Reminder.State.CANCELLED
        reminder.cancelled_why = reason.value if reason else ""
        reminder.save(update_fields=["state", "cancelled_why"])
    decide_anew([reminder.case_id for reminder, _reason in lines], today=today)
