"""Messages before they exist, for the owner to read; nothing is stored."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal

from clients.kinds import Rendered
from clients.models import Client, Message
from clients.services.outbox import language_for
from dunning.case_facts import KnownCase
from dunning.ladder_rows import ladder_of
from dunning.mails import (
    letter_of,
    render_reminder,
    write_example,
    write_notice_mail,
    write_reminder,
)
from dunning.models import Approval, Case, Reminder
from dunning.own_words import LETTERS, Letter, Texts
from dunning.plan import ONE_DAY, Departure
from dunning.policy import CaseFacts, Channel
from dunning.proposals import Proposal, propose_ahead
from tenants.clock import as_of, at_hour, today
from tenants.scope import current_tenant

_LATE = dt.timedelta(days=10)
_EXAMPLE_NUMBER = "2026-0042"


def draft_reminder(approval: Approval) -> Rendered:
    """The email of one firm step, as it would be written now."""
    case = approval.case
    facts: dict[str, object] = {"step": approval.step, "late": [case.pk], "coming": []}
    return render_reminder(_draft(case.client, "REMINDER", facts))


def draft_notice_mail(proposal: Proposal) -> Rendered | None:
    """The email that would carry a formal notice; None if nothing is claimed."""
    if proposal.notice is None:
        return None
    cases = [line.case.pk for line in proposal.taken]
    facts: dict[str, object] = {"step": "FORMAL_NOTICE", "late": cases, "coming": []}
    return write_notice_mail(_draft(proposal.client, "FORMAL_NOTICE", facts), proposal.notice)


def draft_departure(
    client: Client,
    departure: Departure,
    cases: Mapping[int, KnownCase],
    *,
    trial: Texts | None = None,
) -> Rendered | None:
    """The email of one day of the plan, as it would be written on that day if nobody pays.

    None for what is no email: a call, a letter (whose sums are those of the notice), a task.
    `trial` are words to try instead of those in use.
    """
    if departure.channel != Channel.EMAIL:
        return None
    with as_of(at_hour(departure.on, current_tenant().send_hour)):
        if departure.is_notice:
            return draft_notice_mail(_notice_ahead(client, departure))
        message = _draft_of(client, departure)
        return write_reminder(message, cases, _steps(departure), trial=trial)


def letter_of_departure(
    client: Client, departure: Departure, cases: Mapping[int, KnownCase]
) -> Letter | None:
    """Which letter that email is; None where its words are not the tenant's to change."""
    if departure.channel != Channel.EMAIL or departure.is_notice:
        return None
    return letter_of(_draft_of(client, departure), cases, _steps(departure))


def letter_of_approval(approval: Approval) -> Letter:
    """Which letter a firm step that waits for the owner's yes is."""
    ladder = ladder_of(approval.case.policy_id)
    return LETTERS[ladder.steps[ladder.places[approval.step]].severity]


def draft_example(
    client: Client, letter: Letter, language: str, cases: Sequence[KnownCase], trial: Texts
) -> Rendered:
    """A letter that no day of the plan has, about the first of these debts, or about one made up.

    It is dated as if its day had come. The client and the debts need not exist.
    """
    debt = next(iter(cases), None) or _made_up_debt()
    due_on = debt.facts.due_on
    on = due_on - ONE_DAY if letter == Letter.COMING else max(today(), due_on + _LATE)
    message = Message(client=client, kind="REMINDER", facts={}, language=language)
    with as_of(at_hour(on, current_tenant().send_hour)):
        return write_example(message, letter, [debt], trial)


def _made_up_debt() -> KnownCase:
    facts = CaseFacts(due_on=today() - _LATE, balance=Decimal(1200), mailed_on=None)
    return KnownCase(
        pk=0,
        public_id="",
        client_id=0,
        policy_id=0,
        cycle=1,
        language="",
        receivable_id=0,
        number=_EXAMPLE_NUMBER,
        facts=facts,
    )


def _draft_of(client: Client, departure: Departure) -> Message:
    facts: dict[str, object] = {
        "step": departure.lead.key,
        "late": list(departure.late),
        "coming": list(departure.coming),
    }
    return _draft(client, "REMINDER" if departure.late else "PRE_DUE", facts)


def _notice_ahead(client: Client, departure: Departure) -> Proposal:
    rows = Case.objects.select_related("receivable__client", "invoice").filter(
        pk__in=departure.late
    )
    return propose_ahead(client, list(rows), on=departure.on)


def _steps(departure: Departure) -> list[Reminder]:
    """The steps that the message would take; never saved."""
    return [
        Reminder(
            case_id=pk, step=act.step.key, cycle=act.cycle, snapshot={"asks_rest": act.asks_rest}
        )
        for pk, act in departure.acts.items()
    ]


def _draft(client: Client, kind: str, facts: dict[str, object]) -> Message:
    return Message(client=client, kind=kind, facts=facts, language=language_for(client, None))
