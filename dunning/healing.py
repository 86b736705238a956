"""The sweep that makes lost news harmless: cases follow balances, whatever was announced."""

from __future__ import annotations

import datetime as dt

from dunning.cases import close_case, open_cases
from dunning.models import Case
from invoices.models import Invoice, Receivable


def heal(*, today: dt.date, now: dt.datetime) -> int:
    """Close open cases without a balance, open the missing ones; return how many were mended."""
    paid = Case.objects.filter(state=Case.State.OPEN, receivable__balance=0)
    for case in paid.select_related("receivable"):
        close_case(case, by_money=case.receivable.allocated > 0, today=today, now=now)
    orphans = Receivable.objects.filter(
        kind=Receivable.Kind.INSTALLMENT,
        balance__gt=0,
        invoice__state=Invoice.State.ISSUED,
        cases=None,
    ).select_related("invoice")
    opened = open_cases(receivables=list(orphans), today=today)
    return len(paid) + len(opened)
