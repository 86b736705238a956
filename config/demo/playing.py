"""Playing a story day by day, through the services that the product itself uses.

What takes time is left out where nobody would see it: an invoice that was paid weeks ago is not
mailed, so that its PDF is printed by the worker later; and on a day on which nothing is due and
nothing waits, the timer and the mail worker are not asked.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from clients.delivery import deliver_tenant
from clients.models import Client, Message
from config.demo.acts import Acts
from config.demo.story import Job, Story
from core.calendar import is_business_day, roll_back
from dunning.healing import heal
from dunning.models import Case
from dunning.notices import prepare_notices
from dunning.services import mark_mailed, run_dunning
from invoices.models import Invoice
from invoices.rendering import render_document
from invoices.services import LineInput, create_invoice, issue_invoice, send_invoice
from payments.services import record_payment
from tenants import clock
from tenants.models import User
from tenants.scope import tenant_atomic

DAY = dt.timedelta(days=1)
TERM = dt.timedelta(days=30)
HOUR = 9
LONG_AGO = 12  # days since the money came: its invoice is not mailed in the story
HEALED = 5  # last days on which lost news is looked for: there is none, it is for sleepers


@dataclass(slots=True)
class Play:
    """The story's calendar, from the first invoice to `today`."""

    story: Story
    owner: User
    clients: dict[str, Client]
    today: dt.date
    invoices: dict[Job, Invoice] = field(default_factory=dict)
    unprinted: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Let the days pass; the timer and the mail worker do what they do every day."""
        if not self.story.jobs:
            return
        day = min(self._issue_day(job) for job in self.story.jobs)
        while day <= self.today:
            with clock.as_of(clock.at_hour(day, HOUR)):
                self._do(day)
                if is_business_day(day):
                    self._pass(day)
            day += DAY
        if self.story.draft is not None:
            with tenant_atomic():
                self._draft(self.story.draft)

    def _do(self, day: dt.date) -> None:
        """What people do on a day: invoices, payments, and the odd event."""
        with tenant_atomic():
            for job in self.story.jobs:
                if self._issue_day(job) == day:
                    self._issue(job, day)
                if job.paid is not None and self._ago(job.paid) == day:
                    self._pay(job, day)
            for event in self.story.events:
                if self._ago(event.days_ago) == day:
                    acts = Acts(self.owner, self._invoice(event.key), event, day, self.today)
                    getattr(acts, event.act)()

    def _pass(self, day: dt.date) -> None:
        while self.unprinted:
            render_document(invoice_id=self.unprinted.pop())
        with tenant_atomic():
            if (self.today - day).days < HEALED:
                heal(today=day, now=clock.now())
            is_due = (
                Case.objects.filter(next_action_on__lte=day).exists()
                or Case.objects.filter(owes_thanks_since__lte=day).exists()
            )
        if is_due:
            run_dunning(today=day)
            prepare_notices(today=day, now=clock.now())
        with tenant_atomic():
            waits = Message.objects.filter(state=Message.State.QUEUED).exists()
        if waits:
            deliver_tenant(now=clock.now())

    def _issue(self, job: Job, day: dt.date) -> None:
        invoice = issue_invoice(
            invoice=self._draft(job), today=day, now=clock.now(), user=self.owner
        )
        self.invoices[job] = invoice
        if job.paid is not None and job.paid > LONG_AGO:
            for case in Case.objects.filter(invoice=invoice).select_related("invoice"):
                mark_mailed(case=case, mailed_on=day, user=self.owner, today=day, now=clock.now())
            return
        send_invoice(invoice=invoice, user=self.owner, now=clock.now())
        self.unprinted.append(invoice.pk)

    def _draft(self, job: Job) -> Invoice:
        is_exempt = self.story.vat_category == "E"
        line = LineInput(
            description=job.what,
            unit_price=Decimal(job.net),
            vat_rate=Decimal(0) if is_exempt else job.vat,
            vat_category=self.story.vat_category,
        )
        return create_invoice(
            client=self.clients[job.client], lines=[line], terms="NET_30", user=self.owner
        )

    def _pay(self, job: Job, day: dt.date) -> None:
        receivable = self.invoices[job].receivables.get()
        amount = Decimal(job.part) if job.part else receivable.balance
        record_payment(
            client=self.clients[job.client],
            amount=amount,
            means=job.means,
            received_on=day,
            allocations={receivable: min(amount, receivable.balance)},
            now=clock.now(),
            user=self.owner,
        )

    def _invoice(self, key: str) -> Invoice:
        return next(invoice for job, invoice in self.invoices.items() if job.key == key)

    def _issue_day(self, job: Job) -> dt.date:
        return roll_back(self._ago(job.due) - TERM)

    def _ago(self, days: int) -> dt.date:
        return self.today - days * DAY
