"""Messages as bytes: read back by Python's own parser, and always the same."""

import dataclasses
import datetime as dt
import uuid
from email import message_from_bytes, policy

import pytest

from clients.mime import Letter, Part, letter_bytes

LETTER = Letter(
    public_id=uuid.UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff"),
    message_id="<m.6f96@mail.example>",
    date=dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC),
    from_header="Atelier Morel via Échéance <no-reply@mail.example>",
    to_name="Anne",
    to_email="anne@dupont.example",
    reply_to="claire@morel.example",
    subject="Rappel",
    language="fr",
    text="Bonjour\n",
    html="<p>Bonjour</p>\n",
)

PLAIN = b"""From: =?utf-8?b?QXRlbGllciBNb3JlbCB2aWEgw4ljaMOpYW5jZQ==?=
 <no-reply@mail.example>
To: "Anne"
 <anne@dupont.example>
Reply-To: claire@morel.example
Subject: Rappel
Date: Mon, 23 Nov 2026 08:30:00 +0000
Message-ID: <m.6f96@mail.example>
Content-Language: fr
MIME-Version: 1.0
Content-Type: text/plain; charset=utf-8
Content-Transfer-Encoding: quoted-printable

Bonjour
"""

SUBJECTS = [
    "Facture F-2026-0042 : 1 257,98 € à régler",
    "é" * 200,
    "x" * 250,
    "Ligne\r\nBcc: tous@example.com",
    "=?utf-8?b?Zg==?=",
    "\U0001f4b6 rappel",
]
TEXTS = [
    "Ligne\n.\n..fin\n",
    "From the beginning\n",
    "é" * 500 + "\n",
    "espace à la fin \n\tTab\n",
    "=3D tel quel\n",
    "sans fin de ligne",
    "Windows\r\nMac\rfin\n",
]


def read(letter):
    return message_from_bytes(letter_bytes(letter), policy=policy.default)


def changed(**fields):
    return dataclasses.replace(LETTER, **fields)


def test_a_plain_message_to_the_byte():
    assert letter_bytes(changed(html="")) == PLAIN.replace(b"\n", b"\r\n")


@pytest.mark.parametrize("subject", SUBJECTS)
def test_every_subject_arrives(subject):
    message = read(changed(subject=subject))

    assert message["Subject"] == " ".join(subject.split())
    assert message["Bcc"] is None


@pytest.mark.parametrize("text", TEXTS)
def test_every_text_arrives(text):
    body = read(changed(text=text)).get_body(("plain",)).get_content()

    expected = text.replace("\r\n", "\n").replace("\r", "\n")
    assert body.replace("\r\n", "\n").rstrip("\n") == expected.rstrip("\n")


@pytest.mark.parametrize("name", ["Anne", 'Anne "Nan" O\\Neil', "Élodie Œuvre", "", "x" * 120])
def test_every_name_arrives(name):
    (address,) = read(changed(to_name=name))["To"].addresses

    assert (address.display_name, address.addr_spec) == (name, "anne@dupont.example")


def test_no_line_is_longer_than_mail_allows_and_all_is_ascii():
    part = Part("Été " * 20 + ".pdf", "application/pdf", bytes(range(256)) * 300)

    content = letter_bytes(changed(subject="é" * 200, text="é" * 5000, parts=[part]))

    assert content.isascii()
    assert b"\n" not in content.replace(b"\r\n", b"")
    assert max(map(len, content.split(b"\r\n"))) < 998
    (attached,) = message_from_bytes(content, policy=policy.default).iter_attachments()
    assert (attached.get_filename(), attached.get_content()) == (part.name, part.content)


def test_the_structure_is_files_around_alternatives():
    message = read(changed(parts=[Part("a.txt", "text/plain", b"x")]))

    assert [part.get_content_type() for part in message.walk()] == [
        "multipart/mixed",
        "multipart/alternative",
        "text/plain",
        "text/html",
        "text/plain",
    ]


def test_the_same_letter_gives_the_same_bytes():
    letter = changed(parts=[Part("a.pdf", "application/pdf", b"x" * 1000)])

    assert letter_bytes(letter) == letter_bytes(dataclasses.replace(letter))
