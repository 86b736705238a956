"""Everything a mail server may answer, and what becomes of the message."""

import pytest

from clients.delivery import deliver_tenant
from clients.kinds import Send
from clients.models import Message, Person
from clients.services import send_again
from tenants.scope import tenant_atomic
from tests.clients.delivery.outbox import MINUTE, NOW, State, deliver, fresh, queue, queue_kind
from tests.fakes.smtp import DROP_AFTER_ANSWER, DROP_BEFORE_ANSWER


@pytest.mark.parametrize("stage", ["at_rcpt", "at_data"])
def test_a_refusal_for_now_waits_and_leaves_later_with_the_same_bytes(dupont, smtp_sink, stage):
    getattr(smtp_sink, stage).append("451 4.7.1 Greylisted")
    message = queue(dupont)

    assert deliver() == {"QUEUED": 1}
    waiting = fresh(message)
    assert (waiting.tries, waiting.next_try_at) == (1, NOW + MINUTE)
    assert waiting.server_answer == "451 4.7.1 Greylisted"
    assert deliver() == {}
    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert fresh(message).frozen_at == NOW
    assert smtp_sink.received[0].message["Date"].datetime == NOW


def test_what_has_changed_during_the_wait_is_written_afresh(dupont, smtp_sink):
    lines = ["deux lignes\n", "une ligne\n"]

    def gate(message, now):
        message.facts["text"] = lines.pop(0)
        return Send()

    smtp_sink.at_data.append("451 4.7.1 Greylisted")
    queue_kind(dupont, gate=gate)
    deliver()

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].body() == "une ligne\n"


@pytest.mark.parametrize("stage", ["at_rcpt", "at_data"])
def test_a_refusal_for_good_fails_and_asks_for_a_call(dupont, smtp_sink, news, stage):
    getattr(smtp_sink, stage).append("550 5.7.1 Not wanted here")
    bad = queue(dupont)
    queue(dupont)

    assert deliver() == {"FAILED": 1, "SENT": 1}
    assert fresh(bad).reason == "550 5.7.1 Not wanted here"
    with tenant_atomic():
        assert Message.objects.get(kind="CALL_TASK").reason == "550 5.7.1 Not wanted here"
    assert smtp_sink.connections == 1
    assert news == ["FAILED", "SENT"]


@pytest.mark.parametrize("answer", ["550 5.1.1 No such user", "550 5.2.1 Closed"])
def test_an_address_that_does_not_exist_is_not_written_to_again(dupont, smtp_sink, answer):
    smtp_sink.at_rcpt.append(answer)
    queue(dupont)
    deliver()
    with tenant_atomic():
        assert Person.objects.get().bounced_at == NOW

    another = queue(dupont)

    assert deliver() == {"FAILED": 1}
    assert fresh(another).reason == "Nobody at this client has a working email address."
    assert smtp_sink.received == []


def test_whoever_sends_a_refused_message_again_believes_in_the_address(dupont, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.1.1 No such user")
    message = queue(dupont)
    deliver()

    with tenant_atomic():
        send_again(message=fresh(message), user=None, now=NOW)

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    with tenant_atomic():
        assert Person.objects.get().bounced_at is None


def test_an_address_changed_during_the_wait_gets_what_waited(dupont, smtp_sink):
    smtp_sink.at_rcpt.append("451 4.7.1 Greylisted")
    message = queue(dupont)
    deliver()
    with tenant_atomic():
        Person.objects.update(email="nouvelle@dupont.example")

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].recipients == ["nouvelle@dupont.example"]
    assert smtp_sink.received[0].message["To"].addresses[0].addr_spec == "nouvelle@dupont.example"
    assert fresh(message).to_email == "nouvelle@dupont.example"


def test_what_may_have_left_goes_to_the_same_address_again(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    queue(dupont)
    deliver()
    with tenant_atomic():
        Person.objects.update(email="nouvelle@dupont.example")

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    first, second = smtp_sink.received
    assert (first.recipients, first.content) == (second.recipients, second.content)


def test_a_kind_may_want_no_call(dupont, smtp_sink):
    smtp_sink.at_data.append("550 5.1.1 No such user")
    queue_kind(dupont, asks_call=False)

    deliver()

    with tenant_atomic():
        assert Message.objects.filter(kind="CALL_TASK").count() == 0


def test_an_answer_lost_sends_the_same_bytes_once_more(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue(dupont)

    assert deliver() == {"QUEUED": 1}
    assert fresh(message).doubtful_since == NOW
    assert deliver(NOW + MINUTE) == {"SENT": 1}
    first, second = smtp_sink.received
    assert first.content == second.content
    assert fresh(message).doubtful_since == NOW


def test_an_answer_lost_twice_is_for_a_human(dupont, smtp_sink, news):
    smtp_sink.at_data.extend([DROP_BEFORE_ANSWER, DROP_BEFORE_ANSWER])
    message = queue(dupont)

    deliver()
    assert deliver(NOW + MINUTE) == {"AMBIGUOUS": 1}
    assert fresh(message).state == State.AMBIGUOUS
    assert news == ["AMBIGUOUS"]


def test_an_answer_lost_on_a_formal_notice_is_for_a_human_at_once(dupont, smtp_sink, news):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue_kind(dupont, when_doubtful="ASK")

    assert deliver() == {"AMBIGUOUS": 1}
    assert fresh(message).doubtful_since == NOW
    assert deliver(NOW + MINUTE) == {}
    assert news == ["AMBIGUOUS"]


def test_what_may_have_left_and_has_changed_since_is_for_a_human(dupont, smtp_sink):
    lines = ["deux lignes\n", "une ligne\n"]

    def gate(message, now):
        message.facts["text"] = lines.pop(0)
        return Send()

    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    queue_kind(dupont, gate=gate)
    deliver()

    assert deliver(NOW + MINUTE) == {"AMBIGUOUS": 1}
    assert len(smtp_sink.received) == 1


def test_a_connection_that_drops_after_the_answer_is_made_again(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_AFTER_ANSWER)
    queue(dupont, 2)

    assert deliver() == {"SENT": 2}
    assert smtp_sink.subjects == ["n0", "n1"]
    assert smtp_sink.connections == 2


def test_a_server_that_limits_a_connection_gets_a_new_one(dupont, smtp_sink):
    smtp_sink.at_mail.extend(["250 OK", "421 4.7.0 Too many messages"])
    queue(dupont, 2)

    assert deliver() == {"SENT": 2}
    assert smtp_sink.connections == 2


def test_a_server_that_does_not_want_us_ends_the_run(dupont, smtp_sink):
    smtp_sink.at_mail.append("550 5.7.1 Sender not allowed")
    first, second = queue(dupont, 2)

    report = deliver_tenant(now=NOW)

    assert report.trouble == "550 5.7.1 Sender not allowed"
    assert (fresh(first).state, fresh(first).tries) == (State.QUEUED, 1)
    assert (fresh(second).state, fresh(second).tries) == (State.QUEUED, 0)


def test_a_server_that_is_away_loses_nothing(dupont, smtp_sink, settings):
    settings.EMAIL_PORT = 1
    message = queue(dupont)

    report = deliver_tenant(now=NOW)

    assert "refused" in report.trouble
    assert (fresh(message).state, fresh(message).next_try_at) == (State.QUEUED, NOW + MINUTE)
