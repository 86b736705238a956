"""Messages before they exist, for the owner to read; nothing is stored."""

from __future__ import annotations

from clients.kinds import Rendered
from clients.models import Client, Message
from clients.services.outbox import language_for
from dunning.mails import render_reminder, write_notice_mail
from dunning.models import Approval
from dunning.proposals import Proposal


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


def _draft(client: Client, kind: str, facts: dict[str, object]) -> Message:
    return Message(client=client, kind=kind, facts=facts, language=language_for(client, None))
