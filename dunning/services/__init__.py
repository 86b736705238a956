"""The acts on dunning. Called inside a tenant's scope; each is atomic."""

from __future__ import annotations

from dunning.engine import run_dunning
from dunning.services.answering import promise_to_pay, report_problem, say_paid
from dunning.services.approving import (
    approve_ladder,
    grant,
    grant_notice,
    is_kind_guessed,
    refuse,
)
from dunning.services.arrivals import confirm_arrival, deny_arrival
from dunning.services.entering import accept_good_payers, enter_debt, enter_debts
from dunning.services.handing import settle_hand_over
from dunning.services.planning import approve_plan
from dunning.services.plans import chase_as_usual, give_more_time
from dunning.services.preferences import set_preferences
from dunning.services.silencing import (
    open_dispute,
    pause,
    record_promise,
    resolve_dispute,
    resume,
)
from dunning.services.stepping import mark_mailed, mark_posted, take_step
from dunning.services.switching import stop_invoice, wake_invoice
from dunning.services.transfers import record_transfers
from dunning.services.undoing import undo_answer, undo_plan, undo_transfers
from dunning.services.unsaying import undo_dispute, undo_pause, undo_promise
from dunning.services.wording import change_words, forget_words

__all__ = [
    "accept_good_payers",
    "approve_ladder",
    "approve_plan",
    "change_words",
    "chase_as_usual",
    "confirm_arrival",
    "deny_arrival",
    "enter_debt",
    "enter_debts",
    "forget_words",
    "give_more_time",
    "grant",
    "grant_notice",
    "is_kind_guessed",
    "mark_mailed",
    "mark_posted",
    "open_dispute",
    "pause",
    "promise_to_pay",
    "record_promise",
    "record_transfers",
    "refuse",
    "report_problem",
    "resolve_dispute",
    "resume",
    "run_dunning",
    "say_paid",
    "set_preferences",
    "settle_hand_over",
    "stop_invoice",
    "take_step",
    "undo_answer",
    "undo_dispute",
    "undo_pause",
    "undo_plan",
    "undo_promise",
    "undo_transfers",
    "wake_invoice",
]
