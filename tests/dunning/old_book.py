"""An old book brought in on 2 March 2026, and a timer that lives through the days after it."""

import datetime as dt

from clients.models import Client, Message
from dunning.ladder_rows import write_shipped_ladders
from dunning.models import Approval, Case, Policy
from dunning.plan_reading import indebted, read_forecasts
from dunning.services import approve_plan, grant
from tenants import clock
from tests.factories.dunning import at, day, run
from tests.invoices.importing.book import read
from tests.invoices.importing.imports import bring

IMPORTED = day(3, 2)  # a Monday
TOMORROW = day(3, 3)
ONE_DAY = dt.timedelta(days=1)
UNKNOWN = "?"
SAID = {"user": None, "today": IMPORTED, "now": dt.datetime(2026, 3, 2, 8, tzinfo=dt.UTC)}
HEAD = "Facture;Client;Email;Téléphone;Date de facture;Échéance;Montant TTC;Reste dû;Réglé le"


def old(number, *, client="", late=60, gross="1200,00", paid="", email="compta@morvan.example"):
    """A line of the book: an invoice so many days late on the day of the import.

    `paid` is how many days after it was due it was paid; UNKNOWN says only that it was.
    """
    due = IMPORTED - late * ONE_DAY
    is_dated = paid not in ("", UNKNOWN)
    paid_on = f"{due + int(paid) * ONE_DAY:%d/%m/%Y}" if is_dated else ""
    return ";".join(
        (
            number,
            client or f"Client {number}",
            email,
            "0298000000",
            f"{due - 30 * ONE_DAY:%d/%m/%Y}",
            f"{due:%d/%m/%Y}",
            gross,
            "0,00" if paid else gross,
            paid_on,
        )
    )


def bring_book(*lines):
    """Import the lines; every one of them is readable."""
    if not Policy.objects.exists():
        write_shipped_ladders()
    report = read("\n".join([HEAD, *lines]))
    assert [str(each.reason) for each in report.refusals] == []
    with clock.as_of(at(IMPORTED)):
        return bring(report.invoices, today=IMPORTED, now=at(IMPORTED))


def case_of(number):
    return Case.objects.select_related("client", "receivable", "invoice").get(
        invoice__number=number
    )


def agree_to_all(*, firm_steps_alone=False):
    """As the owner does who says that all of them are businesses."""
    kinds = dict.fromkeys(indebted().values_list("pk", flat=True), Client.Kind.BUSINESS)
    return approve_plan(
        client_ids=list(kinds), kinds=kinds, firm_steps_alone=firm_steps_alone, **SAID
    )


def live_through(first, last):
    """Run the timer every day; the owner says yes to every question on the day it is put."""
    today = first
    while today <= last:
        run(today)
        while asked := list(Approval.objects.filter(state="ASKED").order_by("id")):
            for approval in asked:
                grant(approval=approval, user=None, today=today, now=at(today, 10))
            run(today, hour=10)
        today += ONE_DAY


def left():
    """What the timer has written: day, client, channel, the hardest step, and the debts."""
    rows = Message.objects.exclude(state="CANCELLED").filter(send_on__isnull=False)
    return sorted(
        (
            row.send_on,
            row.client_id,
            "" if row.kind == "HAND_OVER" else row.channel,
            row.facts.get("step", "HAND_OVER"),
            sorted(row.facts.get("late", [row.facts.get("case")])),
            sorted(row.facts.get("coming", [])),
        )
        for row in rows
    )


def forecast_of(clients=None, *, today=IMPORTED, suppose_yes=True):
    rows = list(indebted().order_by("-owed", "-pk")) if clients is None else clients
    return read_forecasts(rows, today=today, first=today, suppose_yes=suppose_yes)


def planned(forecasts):
    """The same of the plan."""
    return sorted(
        (
            each.on,
            forecast.client.pk,
            each.channel.value if each.channel else "",
            each.lead.key,
            sorted(each.late),
            sorted(each.coming),
        )
        for forecast in forecasts
        for each in forecast.departures
    )
