"""Clients, persons and messages for tests, inside an open scope."""

from clients.kinds import MessageKind, Rendered, register_kind
from clients.models import Client, Message, Person
from clients.services import client_search_key, send_message


def make_client(name="Dupont", *, email="compta@dupont.example", **fields) -> Client:
    """A business with one person for billing; `email=""` for nobody to write to."""
    client = Client.objects.create(
        name=name, search_key=client_search_key(name, fields.get("number", "")), **fields
    )
    if email:
        make_person(client, email=email)
    return client


def make_person(client, *, email="compta@dupont.example", name="Anne Dupont", **fields) -> Person:
    return Person.objects.create(client=client, email=email, name=name, **fields)


def register_probe(key="PROBE", **fields) -> str:
    """A kind of message for tests of delivery: says what its facts say."""
    register_kind(MessageKind(key=key, label="Probe", **{"render": render_probe, **fields}))
    return key


def render_probe(message: Message) -> Rendered:
    subject = message.facts.get("subject", "Bonjour")
    return Rendered(
        subject=subject,
        text=message.facts.get("text", "Texte\n"),
        html=message.facts.get("html", "<p>Texte</p>"),
    )


def queue_probe(client, *, kind="PROBE", **facts) -> Message:
    register_probe() if kind == "PROBE" else None
    return send_message(client=client, kind=kind, facts=facts)
