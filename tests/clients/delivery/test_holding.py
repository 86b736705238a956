"""What keeps a message back: switches, days, gates, and the lack of an address."""

import datetime as dt

import pytest

from clients.delivery import deliver_tenant
from clients.kinds import Cancel, Hold, Rendered, Send
from clients.models import Client, Message, Person
from clients.outcomes import BACKOFF
from clients.services import (
    send_message,
)
from tenants.models import Tenant
from tenants.scope import tenant_atomic
from tests.clients.delivery.outbox import (
    MINUTE,
    NOW,
    State,
    change,
    deliver,
    fresh,
    queue,
    queue_kind,
)
from tests.factories.clients import make_client, make_person, queue_probe, register_probe


def test_in_test_mode_nothing_leaves_and_everything_can_be_read(as_acme, smtp_sink, news):
    with tenant_atomic():
        message = queue_probe(make_client(), subject="Rappel")

    assert deliver_tenant(now=NOW).states == {"RETAINED": 1}

    assert smtp_sink.connections == 0
    assert (fresh(message).state, fresh(message).subject) == (State.RETAINED, "Rappel")
    assert news == ["RETAINED"]


def test_without_a_mail_server_messages_are_kept(dupont, news):
    message = queue(dupont, subject="Rappel")

    assert deliver() == {"KEPT": 1}
    assert (fresh(message).subject, fresh(message).sent_at) == ("Rappel", NOW)
    assert news == ["KEPT"]


def test_a_stopped_client_holds_and_others_leave(dupont, smtp_sink):
    held = queue(dupont)
    with tenant_atomic():
        queue_probe(make_client("Riou", email="r@riou.example"), subject="Riou")
        Client.objects.filter(pk=dupont.pk).update(stopped_at=NOW)

    assert deliver() == {"SENT": 1}
    assert smtp_sink.subjects == ["Riou"]
    assert fresh(held).state == State.QUEUED

    change(Client, stopped_at=None)
    assert deliver() == {"SENT": 1}


def test_a_stop_that_comes_after_the_claim_still_holds(dupont, smtp_sink):
    def render_and_stop(message):
        Tenant.objects.update(stopped_at=NOW)
        return Rendered("Premier", "x\n")

    queue_kind(dupont, render=render_and_stop)
    second = queue(dupont)

    assert deliver() == {"SENT": 1, "QUEUED": 1}
    assert smtp_sink.subjects == ["Premier"]
    assert (fresh(second).state, fresh(second).claim_id) == (State.QUEUED, None)


def test_a_stopped_tenant_claims_nothing_of_its_clients(dupont, smtp_sink, live):
    queue(dupont)
    live.stopped_at = NOW

    assert deliver() == {}
    assert smtp_sink.connections == 0


def test_a_message_waits_for_its_local_day(dupont, smtp_sink):
    register_probe()
    with tenant_atomic():
        send_message(client=dupont, kind="PROBE", facts={}, send_on=dt.date(2026, 11, 24))

    assert deliver(dt.datetime(2026, 11, 23, 22, 59, tzinfo=dt.UTC)) == {}
    assert deliver(dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC)) == {"SENT": 1}


def test_the_gate_holds_then_sends(dupont, smtp_sink):
    verdicts = [Hold("Le PDF se prépare."), Send()]
    message = queue_kind(dupont, gate=lambda _message, _now: verdicts.pop(0))

    assert deliver() == {"QUEUED": 1}
    assert fresh(message).reason == "Le PDF se prépare."
    assert deliver() == {"SENT": 1}
    assert fresh(message).reason == ""


def test_a_hold_until_a_moment_is_kept(dupont, smtp_sink):
    message = queue_kind(dupont, gate=lambda _message, _now: Hold("Plus tard", NOW + MINUTE))

    deliver()

    assert fresh(message).next_try_at == NOW + MINUTE
    assert deliver() == {}


def test_the_gate_cancels(dupont, smtp_sink, news):
    message = queue_kind(dupont, gate=lambda _message, _now: Cancel("La facture est payée."))

    assert deliver() == {"CANCELLED": 1}
    assert (fresh(message).state, fresh(message).reason) == (
        State.CANCELLED,
        "La facture est payée.",
    )
    assert smtp_sink.connections == 0
    assert news == ["La facture est payée."]


def test_the_gate_drops_lines_before_the_words_are_written(dupont, smtp_sink):
    def gate(message, now):
        message.facts["text"] = "une ligne\n"
        return Send()

    message = queue_kind(dupont, {"text": "deux lignes\n"}, gate=gate)
    deliver()

    assert smtp_sink.received[0].body() == "une ligne\n"
    assert fresh(message).facts == {"text": "une ligne\n"}


@pytest.mark.parametrize("spoiled", [{"email": ""}, {"bounced_at": NOW}, {"removed_at": NOW}])
def test_without_an_address_it_fails_aloud(dupont, smtp_sink, news, spoiled):
    change(Person, **spoiled)
    message = queue(dupont)

    assert deliver() == {"FAILED": 1}
    with tenant_atomic():
        task = Message.objects.get(kind="CALL_TASK")
    assert (task.state, task.channel, task.client_id) == (State.TODO, "CALL", dupont.pk)
    assert task.facts == {"about": str(message.public_id)}
    assert task.reason == fresh(message).reason != ""
    assert news == ["FAILED"]


def test_another_person_stands_in_for_one_whose_address_bounced(dupont, smtp_sink):
    change(Person, bounced_at=NOW)
    with tenant_atomic():
        make_person(dupont, email="autre@dupont.example", role="ACCOUNTING")
    queue(dupont)

    deliver()

    assert smtp_sink.received[0].recipients == ["autre@dupont.example"]


def test_one_bad_message_stops_nobody_else(dupont, smtp_sink, caplog):
    def burst(message):
        raise ZeroDivisionError

    bad = queue_kind(dupont, render=burst)
    queue(dupont)

    assert deliver() == {"QUEUED": 1, "SENT": 1}
    assert (fresh(bad).tries, fresh(bad).next_try_at) == (1, NOW + BACKOFF[0])


def test_a_message_that_is_never_fit_fails_in_the_end(dupont, smtp_sink, caplog):
    def burst(message):
        raise ZeroDivisionError

    bad = queue_kind(dupont, render=burst)
    moment = NOW
    for wait in BACKOFF:
        assert deliver(moment) == {"QUEUED": 1}
        moment += wait

    assert deliver(moment) == {"FAILED": 1}
    assert fresh(bad).state == State.FAILED
