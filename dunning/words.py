"""How steps, silences and ladders are said to the owner."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from dunning.policy import Decision, Finished, Silent
from dunning.reasons import EXPLANATIONS, Reason

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

STEPS: dict[str, StrOrPromise] = {
    "PRE_DUE": pgettext_lazy("step", "Word before the due date"),
    "FIRST": pgettext_lazy("step", "First reminder"),
    "FIRST_CALL": pgettext_lazy("step", "Call after the first reminder"),
    "FIRM": pgettext_lazy("step", "Firm reminder"),
    "FIRM_CALL": pgettext_lazy("step", "Call after the firm reminder"),
    "LAST": pgettext_lazy("step", "Last reminder"),
    "LAST_CALL": pgettext_lazy("step", "Last reminder and call"),
    "FORMAL_NOTICE": pgettext_lazy("step", "Formal notice"),
    "HAND_OVER": pgettext_lazy("step", "Hand over, or let go"),
}
LADDERS: dict[str, StrOrPromise] = {
    "STANDARD": pgettext_lazy("ladder", "Standard"),
    "PATIENT": pgettext_lazy("ladder", "Patient"),
    "FIRM": pgettext_lazy("ladder", "Firm"),
    "PLAN": pgettext_lazy("ladder", "Payment plans"),
}
WHO_FOR: dict[str, StrOrPromise] = {
    "STANDARD": gettext_lazy("For most clients."),
    "PATIENT": gettext_lazy("For good payers: nothing before five days late."),
    "FIRM": gettext_lazy("For new or bad payers: an email and a call each week."),
    "PLAN": gettext_lazy("For the payments of an agreed plan: a missed one is yours to decide."),
}
CHANNELS: dict[str, StrOrPromise] = {
    "EMAIL": pgettext_lazy("channel", "Email"),
    "CALL": pgettext_lazy("channel", "Call"),
    "LETTER": pgettext_lazy("channel", "Letter"),
    "REGISTERED_LETTER": pgettext_lazy("channel", "Registered letter"),
}
BLANK_MEANINGS: dict[str, StrOrPromise] = {
    "greeting": gettext_lazy("hello, with the name of who reads it"),
    "contact": gettext_lazy("the name of who reads it, else the client’s"),
    "client": gettext_lazy("the client’s name"),
    "invoices": gettext_lazy("“your invoice” or “your invoices”, with the numbers"),
    "number": gettext_lazy("the number of the invoice, or the numbers"),
    "due_on": gettext_lazy("the day it was due; of several, the first"),
    "days_late": gettext_lazy("how late it is, as in “12 days”"),
    "total": gettext_lazy("what is owed, all together"),
    "business": gettext_lazy("the name of your business"),
}
LANGUAGE_NAMES: dict[str, StrOrPromise] = {
    "fr": pgettext_lazy("of a letter", "in French"),
    "en": pgettext_lazy("of a letter", "in English"),
}
CHIPS = {
    Reason.STOPPED: "STOPPED",
    Reason.PLAN: "PLAN",
    Reason.PLAN_OFFERED: "PLAN",
    Reason.DISPUTED: "DISPUTED",
    Reason.PAUSED: "PAUSED",
    Reason.PAYMENT_PENDING: "PAYMENT_PENDING",
    Reason.SAYS_PAID: "SAYS_PAID",
    Reason.PROMISED: "PROMISED",
    Reason.PART_PAID: "PART_PAID",
    Reason.NO_CONTACT: "NO_CONTACT",
    Reason.AWAITING_APPROVAL: "AWAITING_APPROVAL",
    Reason.IN_DOUBT: "AMBIGUOUS",
}


def step_name(key: str) -> str:
    """The name of a step; a tenant's own steps are shown by their key."""
    return str(STEPS.get(key, key))


def ladder_name(key: str, name: str = "") -> str:
    return str(LADDERS.get(key, name or key))


def day_name(day: dt.date) -> str:
    return date_format(day, "SHORT_DATE_FORMAT")


def sentence(reason: str, *, step: str = "", until: dt.date | None = None) -> str:
    """Why a client hears nothing, in the reader's language; empty for an unknown reason."""
    if reason not in Reason.__members__:
        return ""
    explanation = EXPLANATIONS[Reason(reason)]
    text = _(explanation.dated if until else explanation.plain)
    return text % {"step": step_name(step), "until": day_name(until) if until else ""}


def sentence_for_many(reason: str) -> str:
    """Why several debts are silent, whatever their step and day."""
    if reason in Reason.__members__ and EXPLANATIONS[Reason(reason)].many:
        return _(EXPLANATIONS[Reason(reason)].many)
    return sentence(reason)


def what_next(decision: Decision, today: dt.date) -> str:
    """One line: the next step and its day, or why there is none."""
    if isinstance(decision, Finished):
        return sentence(Reason.FINISHED)
    step = decision.next_step.key if decision.next_step else ""
    if isinstance(decision, Silent):
        return sentence(decision.reason, step=step, until=decision.until)
    if decision.reason:
        return sentence(decision.reason, step=step)
    return sentence(Reason.NOT_YET, step=decision.step.key, until=today)
