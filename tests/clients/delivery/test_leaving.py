"""A message that leaves: what the wire carries, and what never changes afterwards."""

import uuid

import pytest
from django.db import IntegrityError, transaction

from clients.delivery import deliver_tenant
from clients.kinds import Rendered
from clients.models import Attachment, Message
from clients.placeholders import register_placeholder
from clients.services import (
    send_message,
    update_sender,
)
from tenants.files import store_file
from tenants.scope import tenant_atomic
from tests.clients.delivery.outbox import (
    NOW,
    State,
    deliver,
    fresh,
    queue,
    queue_kind,
)
from tests.factories.clients import make_person, register_probe


def test_a_message_leaves_and_is_frozen(dupont, smtp_sink, news):
    message = queue(dupont, subject="Votre facture", text="Bonjour\n")

    report = deliver_tenant(now=NOW)

    assert report.as_dict() == {"messages": 1, "sent": 1, "recovered": 0, "trouble": ""}
    sent = fresh(message)
    assert (sent.state, sent.sent_at, sent.frozen_at) == (State.SENT, NOW, NOW)
    assert (sent.subject, sent.body_text) == ("Votre facture", "Bonjour\n")
    assert (sent.to_email, sent.to_name) == ("compta@dupont.example", "Anne Dupont")
    assert sent.from_header == "Acme via Échéance <no-reply@mail.example>"
    assert sent.reply_to == "bonjour@acme.example"
    assert sent.message_id == f"<m.{message.public_id}@mail.example>"
    assert sent.server_answer == "250 2.0.0 Ok: queued"
    assert news == ["SENT"]


def test_the_wire_carries_what_was_frozen(dupont, smtp_sink):
    message = queue(dupont, subject="Été", text="Bonjour\n.\n", html="<p>Été</p>")

    deliver()

    (received,) = smtp_sink.received
    wire = received.message
    assert (received.sender, received.recipients) == (
        "no-reply@mail.example",
        ["compta@dupont.example"],
    )
    assert wire["Subject"] == "Été"
    assert wire["Message-ID"] == f"<m.{message.public_id}@mail.example>"
    assert wire["Date"].datetime == NOW
    assert wire["To"] == "Anne Dupont <compta@dupont.example>"
    assert wire["From"].addresses[0].display_name == "Acme via Échéance"
    assert (received.body("plain"), received.body("html").strip()) == (
        "Bonjour\n.\n",
        "<p>Été</p>",
    )


def test_messages_leave_in_the_order_of_the_outbox_over_one_connection(dupont, smtp_sink):
    queue(dupont, 60)

    assert deliver() == {"SENT": 60}
    assert smtp_sink.subjects == [f"n{n}" for n in range(60)]
    assert smtp_sink.connections == 1


def test_files_leave_byte_for_byte_and_are_named(dupont, smtp_sink):
    content = bytes(range(256)) * 40

    def render(message):
        stored = store_file(content=content, name="f.pdf", media_type="application/pdf")
        return Rendered("Facture", "Voir\n", attachments=[(stored, "Facture n° 12 été.pdf")])

    message = queue_kind(dupont, render=render)
    deliver()

    (part,) = smtp_sink.received[0].message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (
        "Facture n° 12 été.pdf",
        "application/pdf",
    )
    assert part.get_content() == content
    assert fresh(message).file_count == 1


def test_the_hidden_copy_is_in_no_header(dupont, smtp_sink):
    with tenant_atomic():
        update_sender(facts={"bcc": "copie@acme.example"}, user=None, now=NOW)
    queue(dupont)

    deliver()

    (received,) = smtp_sink.received
    assert received.recipients == ["compta@dupont.example", "copie@acme.example"]
    assert b"copie@" not in received.content


def test_a_link_is_put_in_on_the_wire_only(dupont, smtp_sink):
    register_placeholder(
        "probe", lambda key: f"https://x.example/p/{key[:8]}/?a=1&b=2", words="lien"
    )
    key = uuid.uuid4()
    mark = f"[[probe:{key}]]"
    message = queue(dupont, text=f"Payer : {mark}\n", html=f'<a href="{mark}">Payer</a>')

    deliver()

    link = f"https://x.example/p/{str(key)[:8]}/?a=1&b=2"
    assert smtp_sink.received[0].body("plain") == f"Payer : {link}\n"
    assert f'href="{link.replace("&", "&amp;")}"' in smtp_sink.received[0].body("html")
    assert fresh(message).body_text == f"Payer : {mark}\n"


def test_the_language_of_the_person_is_spoken(dupont, smtp_sink):
    from clients.letters import write_letter

    def render(message):
        return write_letter(
            template="emails/clients/test",
            language=message.language,
            context={"sent_to": message.to_email},
        )

    key = register_probe("PROBE_LETTER", render=render)
    with tenant_atomic():
        person = make_person(dupont, language="en")
        send_message(client=dupont, kind=key, facts={}, person=person)
        send_message(client=dupont, kind=key, facts={})

    deliver()

    assert smtp_sink.subjects == ["Your emails are on their way", "Vos e-mails partent bien"]
    assert "Acme SARL" in smtp_sink.received[1].body("plain")
    assert 'lang="fr"' in smtp_sink.received[1].body("html")


@pytest.mark.parametrize(
    "changed",
    [{"subject": "x"}, {"body_text": "x"}, {"to_email": "x@x.example"}, {"file_count": 3}],
)
def test_the_database_refuses_to_change_what_left(dupont, smtp_sink, changed):
    message = queue(dupont)
    deliver()

    with tenant_atomic():
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**changed)
        with pytest.raises(IntegrityError, match="cannot be deleted"), transaction.atomic():
            Message.objects.filter(pk=message.pk).delete()


def test_the_database_refuses_to_take_a_file_from_what_left(dupont, smtp_sink):
    def render(message):
        stored = store_file(content=b"x", name="f.txt", media_type="text/plain")
        return Rendered("Facture", "Voir\n", attachments=[(stored, "f.txt")])

    queue_kind(dupont, render=render)
    deliver()

    with tenant_atomic(), pytest.raises(IntegrityError, match="files"), transaction.atomic():
        Attachment.objects.all().delete()
