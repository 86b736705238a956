"""What dunning says to clients: who may say it when, and who writes it."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.kinds import MessageKind, register_kind, register_label
from dunning.gate import notice_gate, reminder_gate, thanks_gate
from dunning.mails import render_dispute_resolved, render_notice, render_reminder, render_thanks
from dunning.todo import PLAN_ACCEPTED, PLAN_DECLINED, PROBLEM, PROMISE, SAYS_PAID


def register_kinds() -> None:
    for kind in (
        MessageKind(
            key="PRE_DUE",
            label=_("Before the due date"),
            gate=reminder_gate,
            render=render_reminder,
        ),
        MessageKind(
            key="REMINDER", label=_("Reminder"), gate=reminder_gate, render=render_reminder
        ),
        MessageKind(
            key="FORMAL_NOTICE",
            label=_("Formal notice"),
            gate=notice_gate,
            render=render_notice,
            when_doubtful="ASK",
        ),
        MessageKind(key="THANK_YOU", label=_("Thanks"), gate=thanks_gate, render=render_thanks),
        MessageKind(
            key="DISPUTE_RESOLVED",
            label=_("Answer to a dispute"),
            render=render_dispute_resolved,
        ),
    ):
        register_kind(kind)
    register_label(SAYS_PAID, _("Says it is paid"))
    register_label(PROMISE, _("Names a day to pay"))
    register_label(PROBLEM, _("Reports a problem"))
    register_label(PLAN_ACCEPTED, _("Accepts the plan"))
    register_label(PLAN_DECLINED, _("Says that the plan does not suit"))
    register_label("CALL_STEP", _("Call to make"))
    register_label("FORMAL_NOTICE_LETTER", _("Letter to post"))
    register_label("HAND_OVER", _("Hand over, or let go"))
