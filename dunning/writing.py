"""Writing what was decided: messages, reminders, questions to the owner, and the work list.

A few statements for a whole batch of clients. Uniqueness is the database's: one reminder per
(case, step, cycle), one message per client, channel and day.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.db import connection

from clients.models import Client, Message
from dunning.models import Approval, Case, Reminder
from dunning.planning import ClientDay
from dunning.policy import Act, AwaitApproval, Channel, Decision, PlannedMessage, Silent
from tenants.scope import current_tenant
from tenants.wake import wake

ONE_DAY = dt.timedelta(days=1)
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


def write_days(days: Sequence[ClientDay], *, today: dt.date) -> list[Message]:
    """Commit to what was decided: nothing has left yet, and all of it will be checked again."""
    messages = _write_messages(days, today)
    _write_reminders(days, messages, today)
    _write_approvals(days, today)
    update_cases(
        update_of(day.cases[pk], decision, today)
        for day in days
        for pk, decision in day.plan.decisions.items()
    )
    if messages:
        wake("clients.tasks.deliver_tenant")
    return [message for _day, _planned, message in messages]


def update_cases(updates: Iterable[CaseUpdate]) -> None:
    """Write many cases in one statement (`bulk_update` costs half a millisecond a row)."""
    rows = list(updates)
    if not rows:
        return
    with connection.cursor() as cursor:
        cursor.execute(
            """
            UPDATE dunning_case AS c
            SET next_action_on = u.next_on, next_step = u.step, silence = u.silence,
                silent_until = u.until, cycle = u.cycle, failures = 0, failed_why = ''
            FROM unnest(%s::bigint[], %s::date[], %s::text[], %s::text[], %s::date[], %s::int[])
                AS u(id, next_on, step, silence, until, cycle)
            WHERE c.tenant_id = %s AND c.id = u.id
            """,
            [
                [row.case_id for row in rows],
                [row.next_action_on for row in rows],
                [row.next_step for row in rows],
                [row.silence for row in rows],
                [row.silent_until for row in rows],
                [row.cycle for row in rows],
                current_tenant().pk,
            ],
        )


def update_of(case: Case, decision: Decision, today: dt.date, *, acted: bool = True) -> CaseUpdate:
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


def postpone(poisoned: dict[int, str], *, today: dt.date) -> None:
    """Set failed cases aside until tomorrow, with the reason shown to the owner."""
    for pk, why in poisoned.items():
        case = Case.objects.get(pk=pk)
        case.next_action_on = today + ONE_DAY
        case.failures = min(case.failures + 1, 1000)
        case.failed_why = why[:300]
        case.save(update_fields=["next_action_on", "failures", "failed_why"])


Written = tuple[ClientDay, PlannedMessage[int], Message]


def _write_messages(days: Sequence[ClientDay], today: dt.date) -> list[Written]:
    languages = dict(
        Client.objects.filter(pk__in=[day.client_id for day in days]).values_list("pk", "language")
    )
    written = [
        (day, planned, _message(day, planned, languages[day.client_id], today))
        for day in days
        for planned in day.plan.messages
    ]
    Message.objects.bulk_create(message for _day, _planned, message in written)
    tasks = [_task(day, pk, languages[day.client_id], today) for day, pk in _tasks(days)]
    Message.objects.bulk_create(tasks)
    return written


def _message(
    day: ClientDay, planned: PlannedMessage[int], language: str, today: dt.date
) -> Message:
    kind = _kind(planned)
    by_hand = planned.channel in BY_HAND
    return Message(
        client_id=day.client_id,
        kind=kind,
        channel=planned.channel.value,
        state=Message.State.TODO if by_hand else Message.State.QUEUED,
        language=language or current_tenant().language,
        facts={
            "step": planned.lead.key,
            "tone": planned.lead.tone.value,
            "late": list(planned.late),
            "coming": list(planned.coming),
        },
        send_on=today,
        unique_key=_unique_key(day, planned, today),
    )


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


def _tasks(days: Sequence[ClientDay]) -> Iterator[tuple[ClientDay, int]]:
    for day in days:
        for pk in day.plan.tasks:
            yield day, pk


def _task(day: ClientDay, pk: int, language: str, today: dt.date) -> Message:
    """A step that only the owner can take: hand over, or let go."""
    return Message(
        client_id=day.client_id,
        kind="HAND_OVER",
        channel=Message.Channel.NOTE,
        state=Message.State.TODO,
        language=language or current_tenant().language,
        facts={"case": pk},
        send_on=today,
        unique_key=f"hand-over:{pk}:{day.cases[pk].cycle}",
    )


def _write_reminders(days: Sequence[ClientDay], written: Sequence[Written], today: dt.date) -> None:
    message_of: dict[int, Message] = {}
    for _day, planned, message in written:
        for pk in (*planned.late, *planned.coming):
            message_of.setdefault(pk, message)  # email first: the channel that leaves by itself
    Reminder.objects.bulk_create(
        Reminder(
            case_id=pk,
            message=message_of.get(pk),
            step=decision.step.key,
            cycle=decision.cycle,
            state=Reminder.State.PLANNED if pk in message_of else Reminder.State.DONE,
            taken_on=today,
            snapshot=_snapshot(day, pk, decision),
        )
        for day in days
        for pk, decision in day.plan.decisions.items()
        if isinstance(decision, Act)
    )


def _snapshot(day: ClientDay, pk: int, act: Act) -> dict[str, object]:
    facts = day.facts[pk]
    return {
        "balance": str(facts.balance),
        "credit": str(facts.credit),
        "currency": facts.currency,
        "due_on": facts.due_on.isoformat(),
        "asks_rest": act.asks_rest,
        "by_hand": day.is_by_hand,
    }


def _write_approvals(days: Sequence[ClientDay], today: dt.date) -> None:
    """Ask what must be asked; a question that is no longer the case's next step lapses."""
    case_ids = [pk for day in days for pk in day.plan.decisions]
    asked = {
        (row.case_id, row.step, row.cycle): row
        for row in Approval.objects.filter(case_id__in=case_ids, state=Approval.State.ASKED)
    }
    wanted = {
        (pk, decision.step.key, decision.cycle)
        for day in days
        for pk, decision in day.plan.decisions.items()
        if isinstance(decision, AwaitApproval)
    }
    lapsed = [row.pk for key, row in asked.items() if key not in wanted]
    Approval.objects.filter(pk__in=lapsed).update(state=Approval.State.LAPSED)
    stale = Approval.objects.filter(
        case_id__in={pk for pk, _step, _cycle in wanted}, state=Approval.State.GRANTED
    )
    stale.update(state=Approval.State.LAPSED)  # granted too long ago, or for another step
    Approval.objects.bulk_create(
        Approval(case_id=pk, step=step, cycle=cycle, asked_on=today)
        for pk, step, cycle in sorted(wanted - asked.keys())
    )
