"""Writing what was decided: messages, reminders, questions to the owner, and the work list.

A few statements for a whole batch of clients. Uniqueness is the database's: one reminder per
(case, step, cycle), one message per client, channel and day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from django.db.models import F, QuerySet
from django.db.models.functions import Least

from clients.models import Message
from dunning.case_facts import KnownCase
from dunning.models import Approval, Case, Reminder
from dunning.planning import ClientDay
from dunning.policy import (
    Act,
    AwaitApproval,
    Channel,
    Decision,
    PlannedMessage,
    Silent,
)
from tenants.bulk import as_json, insert_rows
from tenants.prepared import fetch_prepared
from tenants.scope import current_tenant
from tenants.wake import wake

_UPDATE: Final = """
    UPDATE dunning_case AS c
    SET next_action_on = u.next_on, next_step = u.step, silence = u.silence,
        silent_until = u.until, cycle = u.cycle, failures = 0, failed_why = ''
    FROM jsonb_to_recordset(%s::jsonb)
        AS u(id bigint, next_on date, step text, silence text, until date, cycle int)
    WHERE c.tenant_id = %s::bigint AND c.id = u.id
"""
_TAKE_STEPS: Final = """
    UPDATE dunning_reminder SET state = 'DONE'
    WHERE tenant_id = %s::bigint AND message_id = %s::bigint AND state = 'PLANNED' RETURNING id
"""
_TAKE_UNDELIVERED: Final = """
    UPDATE dunning_reminder SET state = 'DONE'
    WHERE tenant_id = %s::bigint AND message_id = %s::bigint AND state IN ('FAILED', 'AMBIGUOUS')
    RETURNING case_id
"""
ONE_DAY = dt.timedelta(days=1)
MOST_FAILURES = 1000
BY_HAND = {Channel.CALL, Channel.LETTER, Channel.REGISTERED_LETTER}


@dataclass(frozen=True, slots=True)
class CaseUpdate:
    """What a case keeps of a decision."""

    case_id: int
    next_action_on: dt.date | None
    next_step: str
    silence: str
    silent_until: dt.date | None
    cycle: int


def write_days(days: Sequence[ClientDay], *, today: dt.date) -> list[int]:
    """Commit to what was decided: nothing has left yet, and all of it will be checked again.

    Returns the messages (ids) that leave.
    """
    outgoing = _write_messages(days, today)
    _write_tasks(days, today)
    _write_reminders(days, outgoing, today)
    _write_approvals(days, today)
    update_cases(
        update_of(day.cases[pk], decision, today)
        for day in days
        for pk, decision in day.plan.decisions.items()
    )
    if outgoing:
        wake("clients.tasks.deliver_tenant")
    return [message for _planned, message in outgoing]


def update_cases(updates: Iterable[CaseUpdate]) -> None:
    """Write many cases in one statement (`bulk_update` costs half a millisecond a row)."""
    rows = [
        {
            "id": row.case_id,
            "next_on": row.next_action_on,
            "step": row.next_step,
            "silence": row.silence,
            "until": row.silent_until,
            "cycle": row.cycle,
        }
        for row in updates
    ]
    if rows:
        fetch_prepared(_UPDATE, [as_json(rows), current_tenant().pk])


def take_steps_of(message_id: int) -> int:
    """What a message planned is done, now that it has left or been done; returns how many."""
    return len(fetch_prepared(_TAKE_STEPS, [current_tenant().pk, message_id]))


def take_undelivered_steps_of(message_id: int) -> list[int]:
    """What was thought not to have left is done after all; returns the cases (ids)."""
    rows = fetch_prepared(_TAKE_UNDELIVERED, [current_tenant().pk, message_id])
    return [case_id for (case_id,) in rows]


def update_of(
    case: KnownCase, decision: Decision, today: dt.date, *, acted: bool = True
) -> CaseUpdate:
    """What a decision leaves on its case.

    With `acted` False (decided anew outside a run) an act or a question stays due today: the run
    takes it.
    """
    cycle = case.cycle
    next_on, step = decision.next_on, decision.next_step
    if isinstance(decision, Act):
        cycle = decision.cycle if acted else cycle
        next_on, step = (decision.next_on, decision.next_step) if acted else (today, decision.step)
    if isinstance(decision, AwaitApproval) and not acted:
        next_on = today  # the run puts the question
    if acted and next_on is not None and next_on <= today:
        next_on = today + ONE_DAY  # whatever happens, a run ends
    return CaseUpdate(
        case_id=case.pk,
        next_action_on=next_on,
        next_step=step.key if step else "",
        silence=decision.reason.value if decision.reason else "",
        silent_until=decision.until if isinstance(decision, Silent) else None,
        cycle=cycle,
    )


def postpone(poisoned: Mapping[int, str], *, today: dt.date) -> None:
    """Set failed cases aside until tomorrow, with the reason shown to the owner."""
    for pk, why in poisoned.items():
        Case.objects.filter(pk=pk).update(
            next_action_on=today + ONE_DAY,
            failures=Least(F("failures") + 1, MOST_FAILURES),
            failed_why=why[:300],
        )


Written = tuple[PlannedMessage[int], int]


def _write_messages(days: Sequence[ClientDay], today: dt.date) -> list[Written]:
    """Each planned message with its id."""
    outgoing = [(day, planned) for day in days for planned in day.plan.messages]
    ids = insert_rows(
        Message,
        [
            {
                "client_id": day.client_id,
                "kind": _kind(planned),
                "channel": planned.channel.value,
                "state": _state(planned),
                "language": _language(day),
                "facts": _message_facts(planned),
                "send_on": today,
                "unique_key": _unique_key(day, planned, today),
            }
            for day, planned in outgoing
        ],
    )
    return [(planned, pk) for (_day, planned), pk in zip(outgoing, ids, strict=True)]


def _state(planned: PlannedMessage[int]) -> str:
    by_hand = planned.channel in BY_HAND
    return Message.State.TODO.value if by_hand else Message.State.QUEUED.value


def _language(day: ClientDay) -> str:
    return day.language or current_tenant().language


def _message_facts(planned: PlannedMessage[int]) -> dict[str, object]:
    return {
        "step": planned.lead.key,
        "tone": planned.lead.tone.value,
        "late": list(planned.late),
        "coming": list(planned.coming),
    }


def _unique_key(day: ClientDay, planned: PlannedMessage[int], today: dt.date) -> str:
    """One message per client, channel and day; what a human sends besides is one per step."""
    if not day.is_by_hand:
        return f"dunning:{day.client_id}:{today}:{planned.channel}"
    (case,) = day.cases.values()
    return f"by-hand:{case.pk}:{planned.lead.key}:{case.cycle}:{planned.channel}"


def _kind(planned: PlannedMessage[int]) -> str:
    if planned.lead.is_formal_notice:
        return "FORMAL_NOTICE" if planned.channel == Channel.EMAIL else "FORMAL_NOTICE_LETTER"
    if planned.channel == Channel.CALL:
        return "CALL_STEP"
    return "REMINDER" if planned.late else "PRE_DUE"


def _write_tasks(days: Sequence[ClientDay], today: dt.date) -> None:
    """The steps that only the owner can take: hand over, or let go."""
    insert_rows(
        Message,
        [
            {
                "client_id": day.client_id,
                "kind": "HAND_OVER",
                "channel": Message.Channel.NOTE.value,
                "state": Message.State.TODO.value,
                "language": _language(day),
                "facts": {"case": pk},
                "send_on": today,
                "unique_key": f"hand-over:{pk}:{day.cases[pk].cycle}",
            }
            for day in days
            for pk in day.plan.tasks
        ],
    )


def _write_reminders(
    days: Sequence[ClientDay], outgoing: Sequence[Written], today: dt.date
) -> None:
    message_of: dict[int, int] = {}
    for planned, message in outgoing:
        for pk in (*planned.late, *planned.coming):
            message_of.setdefault(pk, message)  # email first: the channel that leaves by itself
    insert_rows(
        Reminder,
        [
            _reminder(day, pk, decision, message_of.get(pk), today)
            for day in days
            for pk, decision in day.plan.decisions.items()
            if isinstance(decision, Act)
        ],
    )


def _reminder(
    day: ClientDay, pk: int, act: Act, message: int | None, today: dt.date
) -> dict[str, object]:
    """A step with nothing to send is the owner's, and taken by that."""
    state = Reminder.State.DONE if message is None else Reminder.State.PLANNED
    facts = day.cases[pk].facts
    return {
        "case_id": pk,
        "message_id": message,
        "step": act.step.key,
        "cycle": act.cycle,
        "state": state.value,
        "taken_on": today,
        "snapshot": {
            "balance": str(facts.balance),
            "credit": str(facts.credit),
            "currency": facts.currency,
            "due_on": facts.due_on.isoformat(),
            "asks_rest": act.asks_rest,
            "by_hand": day.is_by_hand,
        },
    }


def _write_approvals(days: Sequence[ClientDay], today: dt.date) -> None:
    """Ask what must be asked; a question that is no longer the case's next step lapses."""
    wanted = {
        (pk, decision.step.key, decision.cycle)
        for day in days
        for pk, decision in day.plan.decisions.items()
        if isinstance(decision, AwaitApproval)
    }
    asked = {
        (case.pk, step, cycle): question
        for day in days
        for case in day.cases.values()
        if case.pk in day.plan.decisions
        for question, step, cycle in case.asked
    }
    if lapsed := [question for key, question in asked.items() if key not in wanted]:
        _lapse(Approval.objects.filter(pk__in=lapsed))
    if not wanted:
        return
    # granted too long ago, or for another step
    granted = Approval.objects.filter(state=Approval.State.GRANTED)
    _lapse(granted.filter(case_id__in={pk for pk, _step, _cycle in wanted}))
    insert_rows(
        Approval,
        [
            {"case_id": pk, "step": step, "cycle": cycle, "asked_on": today}
            for pk, step, cycle in sorted(wanted - asked.keys())
        ],
    )


def _lapse(approvals: QuerySet[Approval]) -> None:
    approvals.update(state=Approval.State.LAPSED)
