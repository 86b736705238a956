"""Instalment plans for tests, inside an open scope."""

import datetime as dt
from decimal import Decimal

from invoices.models import InstallmentPlan, Receivable
from invoices.services import agree_plan, propose_plan
from invoices.splitting import PartInput
from payments.links import make_link
from tenants import clock
from tests.factories.dunning import NOTICE_DAY, at, debtor, late_case

SECOND_DAY = dt.date(2026, 5, 4)
THIRD_DAY = dt.date(2026, 6, 3)


def owing(*nets, **client):
    """A client with one late invoice for each amount before VAT (20 %)."""
    found = debtor(**client)
    cases = [late_case(found, net=net) for net in nets or ("1000",)]
    debts = Receivable.objects.filter(pk__in=[case.receivable_id for case in cases])
    return found, list(debts.select_related("client", "invoice").order_by("id"))


def proposed(debts=None, *, amounts=("400", "400", "400"), on=NOTICE_DAY, fee="0", **fields):
    """A plan on offer: today or when accepted, then in May and in June."""
    debts = debts or owing()[1]
    days = [None, SECOND_DAY, THIRD_DAY]
    moment = at(on)
    with clock.as_of(moment):
        return propose_plan(
            **{
                "client": debts[0].client,
                "receivables": debts,
                "parts": [PartInput(day, Decimal(each)) for day, each in zip(days, amounts)],  # noqa: B905
                "cause": "CASH_FLOW",
                "fee": Decimal(fee),
                "language": "fr",
                "user": None,
                "today": on,
                "now": moment,
                **fields,
            }
        )


def agreed(debts=None, *, on=NOTICE_DAY, **fields):
    """A plan that the client agreed to by word of mouth, the same day."""
    plan = proposed(debts, on=on, **fields)
    with clock.as_of(at(on)):
        agree_plan(plan=plan, how="TOLD", name="Anne Morvan", user=None, today=on, now=at(on))
    return InstallmentPlan.objects.select_related("client").get(pk=plan.pk)


def with_document(plan, sha256="a" * 64):
    """As if its PDF had been printed."""
    InstallmentPlan.objects.filter(pk=plan.pk).update(document_sha256=sha256)
    plan.refresh_from_db()
    return plan


def open_rows(client):
    rows = Receivable.objects.filter(client=client, balance__gt=0).order_by("due_on", "id")
    return [(row.due_on, row.balance) for row in rows]


def three_plans(cases):
    """One on offer, one running, one of which a part was missed; returns the first."""
    offer = proposed([cases["offer"].receivable], fee="25")
    agreed([cases["running"].receivable])
    agreed([cases["missed"].receivable], on=dt.date(2026, 3, 23))
    return offer


def plan_link(plan, **said):
    debts = Receivable.objects.filter(plan_debts__plan=plan)
    return make_link(client=plan.client, receivables=debts, **said)
