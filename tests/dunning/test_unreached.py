"""A client whose only address is refused: one call to make, and not a mail more."""

import datetime as dt

import pytest

from clients.delivery import deliver_tenant
from clients.models import Message, Person
from clients.services import update_person
from dunning.models import Case
from tenants import clock
from tenants.models import Tenant
from tenants.scope import tenant_atomic
from tests.factories.dunning import FIRST_DAY, at, day, debtor, late_case, run


def live_through(*days):
    for today in days:
        with tenant_atomic():
            run(today)
        with clock.as_of(at(today, 10)):
            deliver_tenant(now=at(today, 10))


@pytest.fixture
def refused(as_acme, smtp_sink):
    """Two debts, due on 4 and 18 March; the reminder of the first found no mailbox."""
    Tenant.objects.update(mode="LIVE")
    as_acme.mode = "LIVE"
    with tenant_atomic():
        client = debtor()
        late_case(client)
        late_case(client, net="500", on=day(2, 16))
    smtp_sink.at_rcpt.append("550 5.1.1 No such user")
    live_through(FIRST_DAY)
    return client


def test_it_becomes_one_call_and_is_not_tried_every_day(refused, smtp_sink):
    live_through(*(FIRST_DAY + dt.timedelta(days=days) for days in (1, 3, 7, 14, 21, 40, 60)))

    with tenant_atomic():
        states = Message.objects.order_by("id").values_list("kind", "channel", "state")
        assert list(states) == [("REMINDER", "EMAIL", "FAILED"), ("CALL_TASK", "CALL", "TODO")]
        silences = Case.objects.order_by("id").values_list("silence", "next_action_on")
        assert list(silences) == [("UNDELIVERED", None), ("NO_CONTACT", None)]
    assert smtp_sink.received == []


def test_once_the_address_is_corrected_the_other_debt_goes_on(refused, smtp_sink):
    with tenant_atomic(), clock.as_of(at(day(3, 23))):
        update_person(
            person=Person.objects.get(),
            facts={"email": "nouvelle@morvan.example"},
            user=None,
            now=at(day(3, 23)),
        )

    live_through(day(3, 24))

    assert [mail.recipients for mail in smtp_sink.received] == [["nouvelle@morvan.example"]]
