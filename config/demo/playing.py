"""Playing the script day by day, through the services that the product itself uses."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass, field
from decimal import Decimal

from clients.delivery import deliver_tenant
from clients.models import Client, Message
from clients.services import log_call
from config.demo.script import DRAFT, JOBS, Job
from core.calendar import is_business_day, roll_back
from dunning.healing import heal
from dunning.models import Case
from dunning.notices import prepare_notices
from dunning.services import open_dispute, pause, record_promise, run_dunning
from invoices.models import Invoice
from invoices.rendering import render_document
from invoices.services import (
    LineInput,
    create_invoice,
    credit_invoice,
    issue_invoice,
    send_invoice,
)
from payments.services import record_payment
from tenants import clock
from tenants.models import User
from tenants.scope import tenant_atomic

DAY = dt.timedelta(days=1)
TERM = dt.timedelta(days=30)
HOUR = 9
# what happens to the job of that key, so many days before today
EVENTS = (("paused", 60), ("disputed", 45), ("noticed", 10), ("promised", 2), ("credited", 1))


@dataclass(slots=True)
class Play:
    """The demo's calendar, from the first invoice to `today`."""

    owner: User
    clients: dict[str, Client]
    today: dt.date
    invoices: dict[Job, Invoice] = field(default_factory=dict)
    unprinted: list[int] = field(default_factory=list)

    def run(self) -> None:
        """Let the days pass; the timer and the mail worker do what they do every day."""
        day = min(self._issue_day(job) for job in JOBS)
        while day <= self.today:
            with clock.as_of(clock.at_hour(day, HOUR)):
                self._do(day)
                if is_business_day(day):
                    self._pass(day)
            day += DAY
        with tenant_atomic():
            self._draft(DRAFT)

    def _do(self, day: dt.date) -> None:
        """What people do on a day: invoices, payments, and the odd event."""
        with tenant_atomic():
            for job in JOBS:
                if self._issue_day(job) == day:
                    self._issue(job, day)
                if job.paid is not None and self._ago(job.paid) == day:
                    self._pay(job, day)
            self._events(day)

    def _pass(self, day: dt.date) -> None:
        while self.unprinted:
            render_document(invoice_id=self.unprinted.pop())
        with tenant_atomic():
            heal(today=day, now=clock.now())
        run_dunning(today=day)
        prepare_notices(today=day, now=clock.now())
        deliver_tenant(now=clock.now())

    def _issue(self, job: Job, day: dt.date) -> None:
        invoice = issue_invoice(
            invoice=self._draft(job), today=day, now=clock.now(), user=self.owner
        )
        self.invoices[job] = invoice
        send_invoice(invoice=invoice, user=self.owner, now=clock.now())
        self.unprinted.append(invoice.pk)

    def _draft(self, job: Job) -> Invoice:
        line = LineInput(description=job.what, unit_price=Decimal(job.net), vat_rate=job.vat)
        return create_invoice(
            client=self.clients[job.client], lines=[line], terms="NET_30", user=self.owner
        )

    def _pay(self, job: Job, day: dt.date) -> None:
        invoice = self.invoices[job]
        receivable = invoice.receivables.get()
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

    def _events(self, day: dt.date) -> None:
        for key, days_ago in EVENTS:
            if self._ago(days_ago) == day:
                getattr(self, f"_{key}")(self._invoice(key), day)

    def _disputed(self, invoice: Invoice, day: dt.date) -> None:
        open_dispute(
            case=Case.objects.get(invoice=invoice),
            text="Il manque l’avoir promis pour la ligne 3 : la reprise des plinthes.",
            user=self.owner,
            today=day,
            now=clock.now(),
        )

    def _paused(self, invoice: Invoice, day: dt.date) -> None:
        pause(
            client=invoice.client,
            case=Case.objects.get(invoice=invoice),
            until=self.today + 12 * DAY,
            reason="Subvention attendue : rappeler après le conseil d’administration.",
            user=self.owner,
            today=day,
            now=clock.now(),
        )

    def _rung(self, client: Client, outcome: str, note: str) -> None:
        """Tick off the calls that the ladder asked for."""
        for task in Message.objects.filter(client=client, channel="CALL", state="TODO"):
            log_call(
                client=client,
                outcome=outcome,
                note=note,
                user=self.owner,
                now=clock.now(),
                message=task,
            )

    def _noticed(self, invoice: Invoice, day: dt.date) -> None:
        self._rung(invoice.client, "VOICEMAIL", "Message laissé à Mme Morvan, sans réponse.")

    def _promised(self, invoice: Invoice, day: dt.date) -> None:
        self._rung(invoice.client, "ANSWERED", "M. Le Bris promet un virement cette semaine.")
        record_promise(
            case=Case.objects.get(invoice=invoice),
            amount=invoice.total_gross,
            promised_for=self.today + 4 * DAY,
            made_by="Malo Le Bris",
            channel="CALL",
            user=self.owner,
            today=day,
            now=clock.now(),
        )

    def _credited(self, invoice: Invoice, day: dt.date) -> None:
        credit_invoice(
            invoice=invoice,
            reason="Le portail ne se fera pas : commande annulée d’un commun accord.",
            today=day,
            now=clock.now(),
            user=self.owner,
        )

    def _invoice(self, key: str) -> Invoice:
        return next(invoice for job, invoice in self.invoices.items() if job.key == key)

    def _issue_day(self, job: Job) -> dt.date:
        return roll_back(self._ago(job.due) - TERM)

    def _ago(self, days: int) -> dt.date:
        return self.today - days * DAY
