"""Why a client hears nothing: the closed list, and the sentence each reason is said with."""

from __future__ import annotations

from enum import StrEnum
from typing import Final, NamedTuple

from core.errors import gettext_noop as _


class Reason(StrEnum):
    """One reason for silence; the value is kept on the case, in this order of precedence."""

    CANCELLED = "CANCELLED"
    WRITTEN_OFF = "WRITTEN_OFF"
    PAID = "PAID"
    STOPPED = "STOPPED"
    NEVER_REMIND = "NEVER_REMIND"
    INSOLVENCY = "INSOLVENCY"
    PRESCRIBED = "PRESCRIBED"
    PLAN = "PLAN"
    PLAN_OFFERED = "PLAN_OFFERED"
    PLAN_MISSED = "PLAN_MISSED"
    DISPUTED = "DISPUTED"
    PAUSED = "PAUSED"
    PAYMENT_PENDING = "PAYMENT_PENDING"
    SAYS_PAID = "SAYS_PAID"
    PROMISED = "PROMISED"
    PART_PAID = "PART_PAID"
    COVERED_BY_CREDIT = "COVERED_BY_CREDIT"
    BELOW_MINIMUM = "BELOW_MINIMUM"
    NOT_MAILED = "NOT_MAILED"
    LADDER_NOT_APPROVED = "LADDER_NOT_APPROVED"
    UNDELIVERED = "UNDELIVERED"
    IN_DOUBT = "IN_DOUBT"
    FINISHED = "FINISHED"
    KIND_NOT_COVERED = "KIND_NOT_COVERED"
    NO_CONTACT = "NO_CONTACT"
    NOT_YET = "NOT_YET"
    BANK_FEED_OLD = "BANK_FEED_OLD"
    AWAITING_APPROVAL = "AWAITING_APPROVAL"
    CAPPED = "CAPPED"
    MERGED = "MERGED"


class Explanation(NamedTuple):
    """What the owner reads: with no date known, and with one (`step` and `until` are filled in)."""

    plain: str
    dated: str
    many: str = ""  # said of several debts at once; empty where `plain` will do


def _open(plain: str, many: str = "") -> Explanation:
    """Return the explanation of a silence that an event ends, not a date."""
    return Explanation(plain, plain, many)


EXPLANATIONS: Final = {
    Reason.CANCELLED: _open(_("The invoice is cancelled.")),
    Reason.WRITTEN_OFF: _open(_("The invoice is written off.")),
    Reason.PAID: _open(_("Nothing is owed any more.")),
    Reason.STOPPED: _open(_("Sending is stopped by the red switch.")),
    Reason.NEVER_REMIND: _open(_("This client is never reminded.")),
    Reason.INSOLVENCY: _open(_("Insolvency proceedings are open: declare the claim instead.")),
    Reason.PRESCRIBED: _open(_("The time allowed by law to claim this debt has run out.")),
    Reason.PLAN: _open(_("An instalment plan is running.")),
    Reason.PLAN_OFFERED: Explanation(
        _("A payment plan is on offer to the client."),
        _(
            "A payment plan is on offer to the client;"
            " without an answer reminders resume on %(until)s."
        ),
    ),
    Reason.PLAN_MISSED: _open(
        _("A payment of the plan was missed: give more time, or chase it as usual.")
    ),
    Reason.DISPUTED: _open(_("The client disputes it: resolve the dispute first.")),
    Reason.PAUSED: Explanation(_("Paused."), _("Paused; reminders resume on %(until)s.")),
    Reason.PAYMENT_PENDING: Explanation(
        _("A payment is on its way."),
        _("A payment is on its way; without it reminders resume on %(until)s."),
    ),
    Reason.SAYS_PAID: Explanation(
        _("The client says it is paid."),
        _("The client says it is paid; without the money reminders resume on %(until)s."),
    ),
    Reason.PROMISED: Explanation(
        _("The client has promised to pay."),
        _("The client has promised to pay; without the money reminders resume on %(until)s."),
    ),
    Reason.PART_PAID: Explanation(
        _("Part of it has just been paid."),
        _("Part of it has just been paid; the rest is asked for from %(until)s."),
    ),
    Reason.COVERED_BY_CREDIT: _open(_("The client's credit covers it: allocate the credit.")),
    Reason.BELOW_MINIMUM: _open(
        _("The amount is too small for a reminder: settle the difference.")
    ),
    Reason.NOT_MAILED: _open(_("The invoice has not been sent to the client yet.")),
    Reason.LADDER_NOT_APPROVED: _open(_("You have not approved the reminders of this client yet.")),
    Reason.UNDELIVERED: _open(
        _("The last message did not arrive: call, or correct the address and send it again.")
    ),
    Reason.IN_DOUBT: _open(
        _(
            "It is not known whether the last message left:"
            " open it, then send it again or record it as sent."
        )
    ),
    Reason.FINISHED: _open(_("Every step has been taken: the next move is yours.")),
    Reason.KIND_NOT_COVERED: _open(
        _("Firmer reminders to consumers, public bodies and associations are not covered yet.")
    ),
    Reason.NO_CONTACT: Explanation(
        _("There is no address or number to reach the client: add one."),
        _("There is no address or number to reach the client: add one before %(until)s."),
    ),
    Reason.NOT_YET: Explanation(_("Not yet due."), _("Next: %(step)s on %(until)s.")),
    Reason.BANK_FEED_OLD: _open(
        _("A formal notice waits for fresh bank entries: import the last statement.")
    ),
    Reason.AWAITING_APPROVAL: _open(
        _("Waiting for your approval: %(step)s."), _("Waiting for your approval.")
    ),
    Reason.CAPPED: Explanation(
        _("Two reminders in seven days are the most a client gets."),
        _("Two reminders in seven days are the most a client gets; this one goes on %(until)s."),
    ),
    Reason.MERGED: Explanation(
        _("The client gets one message a day, and another one goes first."),
        _("The client gets one message a day, and another one goes first; next on %(until)s."),
    ),
}
