"""Telling a story: days pass, the timer runs, the mail leaves through a real server."""

import datetime as dt

import pytest

from clients.delivery import deliver_tenant
from dunning.healing import heal
from dunning.models import Case
from dunning.notices import prepare_notices
from dunning.services import approve_ladder, run_dunning
from tenants import clock
from tenants.models import Tenant
from tenants.scope import current_tenant, tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.books import issued_invoice, make_client


class Story:
    """One live tenant, a mail server, and a calendar."""

    def __init__(self, sink):
        self.sink = sink

    def client(self, name="Garage Morvan", *, firm_steps_alone=True, **fields):
        today = dt.date(2026, 1, 2)
        with tenant_atomic():
            client = make_client(name, **fields)
            approve_ladder(
                client=client,
                user=None,
                today=today,
                now=clock.at_hour(today, 9),
                firm_steps_alone=firm_steps_alone,
            )
        return client

    def invoice(self, client, *, on, net="1000", terms="NET_30"):
        """An invoice issued and mailed on that day."""
        with tenant_atomic():
            invoice = issued_invoice(client, on=on, net=net, terms=terms)
            with clock.as_of(clock.at_hour(on, 9)):
                Case.objects.filter(invoice=invoice).update(mailed_on=on)
                from dunning.cases import decide_anew

                decide_anew(
                    Case.objects.filter(invoice=invoice).values_list("pk", flat=True), today=on
                )
        return invoice

    def run_day(self, day, *, hour=9):
        """What the timer and the mail worker do on that day."""
        with clock.as_of(clock.at_hour(day, hour)):
            heal(today=day, now=clock.now())
            report = run_dunning(today=day)
            prepare_notices(today=day, now=clock.now())
            deliver_tenant(now=clock.now())
        return report

    def run_days(self, first, last):
        """Let the days pass; return the subjects of what left, by day."""
        left = {}
        day = first
        while day <= last:
            before = len(self.sink.received)
            self.run_day(day)
            if subjects := [mail.subject for mail in self.sink.received[before:]]:
                left[day] = subjects
            day += dt.timedelta(days=1)
        return left

    def at(self, day, hour=11):
        return clock.as_of(clock.at_hour(day, hour))


@pytest.fixture
def story(transactional_db, smtp_sink):
    tenant = make_tenant("atelier", name="Atelier Morel", mode=Tenant.Mode.LIVE)
    with use_tenant(tenant):
        with tenant_atomic():
            from dunning.ladder_rows import write_shipped_ladders

            write_shipped_ladders()
        assert current_tenant() == tenant
        yield Story(smtp_sink)
