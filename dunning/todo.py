"""What waits for the owner: calls to make, letters to post, debts to hand over, answers to read."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection

from django.db.models import QuerySet

from clients.models import Message
from clients.services import cancel_message
from dunning.models import Case, Notice

CALL = "CALL_STEP"
LETTER = "FORMAL_NOTICE_LETTER"
HAND_OVER = "HAND_OVER"
BY_HAND = (CALL, LETTER, HAND_OVER)
# what a client answers behind the link
SAYS_PAID = "SAYS_PAID"
PROMISE = "PROMISE"
PROBLEM = "PROBLEM"
PLAN_ACCEPTED = "PLAN_ACCEPTED"
PLAN_DECLINED = "PLAN_DECLINED"
ANSWERS = (SAYS_PAID, PROMISE, PROBLEM, PLAN_ACCEPTED, PLAN_DECLINED)


def to_do(client_id: int | None = None) -> QuerySet[Message]:
    """The tasks that wait, oldest first."""
    waiting = Message.objects.filter(kind__in=BY_HAND, state=Message.State.TODO)
    if client_id is not None:
        waiting = waiting.filter(client_id=client_id)
    return waiting.order_by("send_on", "id")


def cases_of(task: Message) -> list[int]:
    """The cases (ids) that a task is about."""
    if "case" in task.facts:
        return [task.facts["case"]]
    return [*task.facts.get("late", ()), *task.facts.get("coming", ())]


def call_off(
    client_id: int, *, why: str, without: Collection[int] = (), on: dt.date | None = None
) -> None:
    """Cancel the tasks about nothing but closed cases, or cases in `without` (ids).

    `on` narrows to the tasks of one day: those that came with a message taken back.
    """
    tasks = to_do(client_id)
    tasks = tasks.filter(send_on=on) if on is not None else tasks
    for task in tasks:
        wanted = Case.objects.filter(pk__in=cases_of(task), state=Case.State.OPEN)
        if not wanted.exclude(pk__in=without).exists():
            cancel_message(message=task, reason=why)


def settle_answers(client_id: int, *, now: dt.datetime) -> None:
    """Tick off the answers about nothing but closed cases: what they said has come about."""
    waiting = Message.objects.filter(
        client_id=client_id, kind__in=ANSWERS, state=Message.State.TODO
    )
    for answer in waiting:
        if not Case.objects.filter(pk__in=cases_of(answer), state=Case.State.OPEN).exists():
            answer.state, answer.sent_at = Message.State.DONE, now
            answer.save(update_fields=["state", "sent_at"])


def notice_of_letter(letter: Message) -> Notice | None:
    """The notice that a letter to post carries: its own, or that of the email of the same day."""
    found = Notice.objects.filter(client=letter.client).select_related("document")
    return (
        found.filter(message=letter).first()
        or found.filter(message__kind="FORMAL_NOTICE", message__send_on=letter.send_on)
        .order_by("-id")
        .first()
    )
