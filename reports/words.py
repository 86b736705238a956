"""How steps and silences are said on Today."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext_lazy

from core.money import format_money
from dunning.reasons import EXPLANATIONS, Reason

if TYPE_CHECKING:
    from decimal import Decimal

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
# what a chip says when the case is silent for this reason; other reasons leave the usual state
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
# an answer to "when?", not a reason to keep silent
_DATES = {Reason.NOT_YET, Reason.CAPPED, Reason.MERGED}


def step_name(key: str) -> str:
    """The name of a step; a tenant's own steps are shown by their key."""
    return str(STEPS.get(key, key))


def what_comes(*, silence: str, step: str, on: dt.date | None, until: dt.date | None) -> str:
    """The next step and its day, or why there is none, in the reader's language."""
    reason = Reason(silence) if silence in Reason.__members__ else None
    if reason is None or reason in _DATES:
        if not step or on is None:
            return ""
        return gettext("%(step)s on %(day)s") % {"step": step_name(step), "day": day_name(on)}
    explanation = EXPLANATIONS[reason]
    text = explanation.dated if until else explanation.plain
    values = {"step": step_name(step), "until": day_name(until) if until else ""}
    return gettext(text) % values


def day_name(day: dt.date) -> str:
    return date_format(day, "j N" if get_language() == "fr" else "j M")


def late_by(days: int) -> str:
    """`38 days late`, or an empty text for what is not due yet."""
    if days <= 0:
        return ""
    return ngettext("%(days)s day late", "%(days)s days late", days) % {"days": days}


def money_text(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency, get_language() or "fr")


def whole_money(amount: Decimal, currency: str) -> str:
    """An amount for a headline, without its cents."""
    return money_text(amount.quantize(1), currency).replace(",00", "").replace(".00", "")
