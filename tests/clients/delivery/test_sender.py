"""As whom a tenant writes: its own server, ours, and the test mail."""

from clients.delivery import deliver_tenant
from clients.models import Message, Sender
from clients.services import (
    send_test_mail,
    sender_settings,
    update_sender,
)
from tenants.scope import tenant_atomic
from tests.clients.delivery.outbox import MINUTE, NOW, State, deliver, fresh, queue
from tests.fakes.smtp import running_sink


def own_server(sink, **changed):
    facts = {
        "way": "OWN_SMTP",
        "from_name": "Atelier Acme",
        "from_email": "compta@acme.example",
        "host": sink.host,
        "port": sink.port,
        "security": "NONE",
        **changed,
    }
    with tenant_atomic():
        update_sender(facts=facts, user=None, now=NOW)


def test_a_tenant_sends_as_itself_through_its_own_server(dupont, settings):
    settings.ALLOW_PRIVATE_SMTP = True
    with running_sink() as sink:
        sink.password = ("acme", "s3cret")
        own_server(sink, username="acme", password="s3cret")
        queue(dupont)

        assert deliver() == {"SENT": 1}

    (received,) = sink.received
    assert received.sender == "compta@acme.example"
    assert received.message["From"] == "Atelier Acme <compta@acme.example>"
    assert received.message["Reply-To"] == "bonjour@acme.example"


def test_a_wrong_password_is_shown_and_nothing_is_lost(dupont, settings):
    settings.ALLOW_PRIVATE_SMTP = True
    with running_sink() as sink:
        sink.password = ("acme", "s3cret")
        own_server(sink, username="acme", password="wrong")
        message = queue(dupont)
        deliver()

        with tenant_atomic():
            assert "535" in sender_settings().last_error
        assert fresh(message).state == State.QUEUED

        own_server(sink, username="acme", password="s3cret")
        assert deliver(NOW + MINUTE) == {"SENT": 1}


def test_a_tenants_server_may_not_be_inside_our_network(dupont, settings):
    settings.ALLOW_PRIVATE_SMTP = False
    with running_sink() as sink:
        own_server(sink, port=25)
        message = queue(dupont)

        report = deliver_tenant(now=NOW)

        assert sink.connections == 0
    assert report.trouble != ""
    assert fresh(message).state == State.QUEUED


def test_a_test_mail_leaves_in_test_mode_and_proves_the_way(as_acme, owner, smtp_sink):
    with tenant_atomic():
        sender_settings()
        send_test_mail(user=owner)

    assert deliver() == {"SENT": 1}
    assert smtp_sink.received[0].recipients == ["owner@acme.example"]
    with tenant_atomic():
        assert Sender.objects.get().proved_at == NOW


def test_a_test_mail_refused_says_why(as_acme, owner, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.7.1 Relaying denied")
    with tenant_atomic():
        sender_settings()
        send_test_mail(user=owner)

    assert deliver() == {"FAILED": 1}
    with tenant_atomic():
        sender = Sender.objects.get()
        assert (sender.proved_at, sender.last_error) == (None, "550 5.7.1 Relaying denied")
        assert Message.objects.filter(kind="CALL_TASK").count() == 0
