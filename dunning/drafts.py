"""Messages before they exist, for the owner to read; nothing is stored."""

from __future__ import annotations

from collections.abc import Mapping

from clients.kinds import Rendered
from clients.models import Client, Message
from clients.services.outbox import language_for
from dunning.case_facts import KnownCase
from dunning.mails import render_reminder, write_notice_mail, write_reminder
from dunning.models import Approval, Case, Reminder
from dunning.plan import Departure
from dunning.policy import Channel
from dunning.proposals import Proposal, propose_ahead
from tenants.clock import as_of, at_hour
from tenants.scope import current_tenant


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
    client: Client, departure: Departure, cases: Mapping[int, KnownCase]
) -> Rendered | None:
    """The email of one day of the plan, as it would be written on that day if nobody pays.

    None for what is no email: a call, a letter (whose sums are those of the notice), a task.
    """
    if departure.channel != Channel.EMAIL:
        return None
    with as_of(at_hour(departure.on, current_tenant().send_hour)):
        if departure.is_notice:
            return draft_notice_mail(_notice_ahead(client, departure))
        kind = "REMINDER" if departure.late else "PRE_DUE"
        facts: dict[str, object] = {
            "step": departure.lead.key,
            "late": list(departure.late),
            "coming": list(departure.coming),
        }
        return write_reminder(_draft(client, kind, facts), cases, _steps(departure))


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
