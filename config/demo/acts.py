"""The odd events of a story, each through the service that its button calls."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from clients.models import Message
from clients.services import log_call
from config.demo.story import Event
from dunning.models import Case
from dunning.services import open_dispute, pause, record_promise
from invoices.models import Invoice
from invoices.services import credit_invoice
from tenants import clock
from tenants.models import User

DAY = dt.timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Acts:
    """What people do about an invoice on one day; named by `Event.act`."""

    owner: User
    invoice: Invoice
    event: Event
    day: dt.date
    today: dt.date

    def dispute(self) -> None:
        open_dispute(
            case=self._case(),
            text=self.event.text,
            user=self.owner,
            today=self.day,
            now=clock.now(),
        )

    def pause(self) -> None:
        pause(
            client=self.invoice.client,
            case=self._case(),
            until=self._until(),
            reason=self.event.text,
            user=self.owner,
            today=self.day,
            now=clock.now(),
        )

    def promise(self) -> None:
        case = self._case()
        record_promise(
            case=case,
            amount=case.receivable.balance,
            promised_for=self._until(),
            made_by=self.event.text,
            channel="CALL",
            user=self.owner,
            today=self.day,
            now=clock.now(),
        )

    def voicemail(self) -> None:
        self._ring("VOICEMAIL")

    def answered(self) -> None:
        self._ring("ANSWERED")

    def credit(self) -> None:
        credit_invoice(
            invoice=self.invoice,
            reason=self.event.text,
            today=self.day,
            now=clock.now(),
            user=self.owner,
        )

    def _ring(self, outcome: str) -> None:
        """Tick off the calls that the ladder asked for."""
        tasks = Message.objects.filter(client=self.invoice.client, channel="CALL", state="TODO")
        for task in tasks:
            log_call(
                client=self.invoice.client,
                outcome=outcome,
                note=self.event.text,
                user=self.owner,
                now=clock.now(),
                message=task,
            )

    def _case(self) -> Case:
        return Case.objects.select_related("receivable").get(invoice=self.invoice)

    def _until(self) -> dt.date:
        return self.today + self.event.ahead * DAY
