"""The last look before a reminder leaves: everything is read again, under the client's lock."""

from __future__ import annotations

import datetime as dt

from django.utils.translation import gettext as _

from clients.kinds import Cancel, Hold, Send, Verdict
from clients.models import Message
from dunning.case_facts import read_facts
from dunning.cases import decide_anew
from dunning.models import Case, Reminder
from dunning.notices import has_changed, notice_of_or_none, withdraw
from dunning.planning import decide_case
from dunning.policy import Act, Decision
from dunning.reasons import EXPLANATIONS, Reason
from tenants.clock import local

_HELD = {Reason.STOPPED, Reason.NOT_YET}


def reminder_gate(message: Message, now: dt.datetime) -> Verdict:
    """Decide each line afresh, as if its step had not been taken; drop those that lost their point.

    A line whose case would take the same step today stays. The red switch and a day off hold the
    whole message; a message without lines is cancelled.
    """
    today = local(now).date()
    reminders = list(
        Reminder.objects.select_for_update()
        .filter(message=message, state=Reminder.State.PLANNED)
        .order_by("id")
    )
    cases = Case.objects.in_bulk([reminder.case_id for reminder in reminders])
    facts = read_facts(
        cases.keys(), today=today, leaving_out=[reminder.pk for reminder in reminders]
    )
    kept, dropped = [], []
    for reminder in reminders:
        decision = decide_case(cases[reminder.case_id], facts[reminder.case_id], today=today)
        if _is_same_step(decision, reminder):
            kept.append(reminder)
            reminder.snapshot["balance"] = str(facts[reminder.case_id].balance)
            reminder.snapshot["credit"] = str(facts[reminder.case_id].credit)
            reminder.save(update_fields=["snapshot"])
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
    return Send()


def notice_gate(message: Message, now: dt.datetime) -> Verdict:
    """A formal notice waits for its PDF, and never leaves saying what is no longer true."""
    notice = notice_of_or_none(message)
    if notice is None or notice.document_id is None:
        return Hold(str(_("The letter is being prepared.")))
    verdict = reminder_gate(message, now)
    lines = set(message.facts["late"])
    if isinstance(verdict, Send) and has_changed(notice, lines):
        verdict = Cancel(str(_("What is owed has changed: the notice is written afresh.")))
    if isinstance(verdict, Cancel):
        withdraw(notice, today=local(now).date(), now=now)
    return verdict


def thanks_gate(message: Message, now: dt.datetime) -> Verdict:
    """Thanks go only to who still owes nothing on what is thanked for."""
    cases = Case.objects.filter(pk__in=message.facts["cases"], state=Case.State.CLOSED)
    message.facts["cases"] = list(cases.order_by("id").values_list("pk", flat=True))
    if not message.facts["cases"]:
        return Cancel(str(EXPLANATIONS[Reason.PAID].plain))
    return Send()


def _is_same_step(decision: Decision, reminder: Reminder) -> bool:
    return isinstance(decision, Act) and decision.step.key == reminder.step


def _drop(dropped: list[tuple[Reminder, Reason | None]], today: dt.date) -> None:
    for reminder, reason in dropped:
        reminder.state = Reminder.State.CANCELLED
        reminder.cancelled_why = reason.value if reason else ""
        reminder.save(update_fields=["state", "cancelled_why"])
    decide_anew([reminder.case_id for reminder, _reason in dropped], today=today)
