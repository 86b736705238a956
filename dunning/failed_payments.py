"""Money that did not come, or went back: the debt is due again, and somebody rings the client."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.utils.translation import gettext as _

from clients.services.calls import ask_for_call
from core.money import format_money
from dunning.cases import decide_anew
from dunning.models import Case
from payments.models import Attempt, AttemptTarget, Movement
from tenants.scope import current_tenant

Kind = Movement.Kind
UNPAID = (Kind.CHARGE_REVERSED, Kind.BOUNCED, Kind.CHARGEBACK)  # a refund is the owner's own act


def note_refused(*, attempt_id: int, today: dt.date) -> None:
    """The bank refused what was on its way: reminders go on at once, and a call is asked for."""
    targets = AttemptTarget.objects.filter(attempt_id=attempt_id)
    cases = Case.objects.filter(
        receivable__in=targets.values("receivable_id"), state=Case.State.OPEN
    )
    decide_anew(list(cases.values_list("pk", flat=True)), today=today)
    attempt = Attempt.objects.select_related("link__client").get(pk=attempt_id)
    ask_for_call(
        client=attempt.link.client,
        why=_("The bank refused the payment of %(amount)s.")
        % {"amount": _money(attempt.amount, attempt.currency)},
        on=today,
        unique_key=f"refused:{attempt.public_id}",
    )


def note_gone_back(*, payment_id: int, today: dt.date) -> None:
    """Ask for a call when money was taken back by a bank; an undo or a refund needs none.

    The ledger has freed the debts already: their cases are open again.
    """
    last = Movement.objects.filter(payment_id=payment_id).order_by("-sequence").first()
    if last is None or last.kind not in UNPAID or last.payment is None:
        return
    ask_for_call(
        client=last.payment.client,
        why=_("The payment of %(amount)s did not hold: %(why)s.")
        % {"amount": _money(last.amount, last.currency), "why": last.get_kind_display()},
        on=today,
        unique_key=f"gone-back:{last.pk}",
    )


def _money(amount: Decimal, currency: str) -> str:
    return format_money(amount, currency, current_tenant().language)
