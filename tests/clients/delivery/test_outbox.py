"""Writing into the outbox, and what people do with what lies there."""

import pytest

from clients.kinds import UnknownKind
from clients.locks import MessageHasLeft
from clients.models import Message, Person
from clients.services import (
    cancel_message,
    confirm_left,
    send_again,
    send_message,
)
from clients.services.doubt import NothingToDecide
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
from tests.factories.clients import register_probe
from tests.fakes.smtp import DROP_BEFORE_ANSWER


def test_the_same_key_writes_one_message(dupont):
    register_probe()
    with tenant_atomic():
        first = send_message(client=dupont, kind="PROBE", facts={"n": 1}, unique_key="k")
        second = send_message(client=dupont, kind="PROBE", facts={"n": 2}, unique_key="k")
        assert (second.pk, second.facts) == (first.pk, {"n": 1})
        assert Message.objects.count() == 1


def test_an_unknown_kind_is_refused_before_it_is_written(dupont):
    with tenant_atomic(), pytest.raises(UnknownKind):
        send_message(client=dupont, kind="NOBODY", facts={})


def test_a_waiting_message_can_be_cancelled_and_one_that_left_cannot(dupont, smtp_sink, news):
    waiting = queue(dupont)
    with tenant_atomic():
        cancel_message(message=waiting, reason="Payée")
    left = queue(dupont)
    deliver()

    with tenant_atomic(), pytest.raises(MessageHasLeft):
        cancel_message(message=left, reason="Payée")
    assert (fresh(waiting).state, fresh(left).state) == (State.CANCELLED, State.SENT)
    assert news == ["Payée", "SENT"]


def test_a_letter_waits_to_be_done_by_hand(dupont):
    register_probe()
    with tenant_atomic():
        letter = send_message(client=dupont, kind="PROBE", facts={}, channel="LETTER")

    assert letter.state == State.TODO
    assert deliver() == {}


def test_a_human_says_that_a_doubtful_message_left(dupont, smtp_sink, news):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue_kind(dupont, when_doubtful="ASK")
    deliver()

    with tenant_atomic():
        confirm_left(message=message, user=None, now=NOW + MINUTE)
        with pytest.raises(NothingToDecide):
            confirm_left(message=message, user=None, now=NOW + MINUTE)

    assert (fresh(message).state, fresh(message).sent_at) == (State.SENT, NOW)
    assert news == ["AMBIGUOUS", "SENT"]


def test_a_human_sends_a_doubtful_message_again_with_the_same_bytes(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue_kind(dupont, when_doubtful="ASK")
    deliver()
    with tenant_atomic():
        send_again(message=message, user=None, now=NOW)

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].content == smtp_sink.received[1].content


def test_a_refused_message_sent_again_finds_the_new_address(dupont, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.1.1 No such user")
    message = queue(dupont)
    deliver()
    change(Person, email="neuf@dupont.example")
    with tenant_atomic():
        send_again(message=message, user=None, now=NOW)

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].recipients == ["neuf@dupont.example"]
