"""A message as bytes, always the same ones: no clock, no chance, no library's folding.

Text and HTML go quoted-printable, files base64; boundaries come from the message's random id, the
Date header from `frozen_at`. Written out by hand because what `email` makes changes with the
version of Python, and because it is ten times quicker.
"""

from __future__ import annotations

import base64
import binascii
import datetime as dt
import re
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field
from email.utils import format_datetime, parseaddr
from functools import lru_cache
from urllib.parse import quote

EOL = b"\r\n"
LONGEST_LINE = 76
ENCODED_WORD = 42  # octets: 56 characters of base64


@dataclass(frozen=True, slots=True)
class Part:
    """An attached file."""

    name: str
    media_type: str
    content: bytes


@dataclass(frozen=True, slots=True)
class Letter:
    """Everything that the bytes depend on; links have taken the place of placeholders."""

    public_id: uuid.UUID
    message_id: str
    date: dt.datetime
    from_header: str
    to_name: str
    to_email: str
    reply_to: str
    subject: str
    language: str
    text: str
    html: str
    parts: Sequence[Part] = field(default=())


def letter_bytes(letter: Letter) -> bytes:
    """The whole message, with CRLF, ready for DATA. Bcc is in no header."""
    body_type, body = _body(letter)
    if letter.parts:
        body_type, body = _mixed(letter, body_type, body)
    return EOL.join([*_headers(letter), *body_type, b"", body])


def _headers(letter: Letter) -> list[bytes]:
    name, email = _parsed(letter.from_header)
    headers = [
        ("From", _mailbox("From", name, email)),
        ("To", _mailbox("To", letter.to_name, letter.to_email)),
        ("Subject", _encoded("Subject", letter.subject)),
        ("Date", format_datetime(letter.date.astimezone(dt.UTC))),
        ("Message-ID", letter.message_id),
        ("Content-Language", letter.language),
        ("MIME-Version", "1.0"),
    ]
    if letter.reply_to:
        headers.insert(2, ("Reply-To", letter.reply_to))
    return [f"{name}: {value}".encode("ascii") for name, value in headers]


@lru_cache(maxsize=256)
def _parsed(mailbox: str) -> tuple[str, str]:
    """Kept: one tenant's messages all come from the same."""
    return parseaddr(mailbox)


def _body(letter: Letter) -> tuple[list[bytes], bytes]:
    if not letter.html:
        return _text_headers("plain"), _quoted(letter.text)
    boundary = f"=_alt_{letter.public_id.hex}"
    alternatives = [
        EOL.join([*_text_headers("plain"), b"", _quoted(letter.text)]),
        EOL.join([*_text_headers("html"), b"", _quoted(letter.html)]),
    ]
    return _multipart("alternative", boundary, alternatives)


def _mixed(letter: Letter, body_type: list[bytes], body: bytes) -> tuple[list[bytes], bytes]:
    boundary = f"=_mix_{letter.public_id.hex}"
    pieces = [EOL.join([*body_type, b"", body])]
    pieces += [
        EOL.join([*_file_headers(part), b"", _base64(part.content)]) for part in letter.parts
    ]
    return _multipart("mixed", boundary, pieces)


def _multipart(kind: str, boundary: str, pieces: list[bytes]) -> tuple[list[bytes], bytes]:
    mark = f"--{boundary}".encode("ascii")
    lines: list[bytes] = []
    for piece in pieces:
        lines += [mark, piece]
    header = f'Content-Type: multipart/{kind}; boundary="{boundary}"'
    return [header.encode("ascii")], EOL.join([*lines, mark + b"--", b""])


def _text_headers(kind: str) -> list[bytes]:
    return [
        f"Content-Type: text/{kind}; charset=utf-8".encode("ascii"),
        b"Content-Transfer-Encoding: quoted-printable",
    ]


def _file_headers(part: Part) -> list[bytes]:
    """The name twice: bare for old readers, and with its accents (RFC 2231)."""
    bare = re.sub(r"[^A-Za-z0-9._-]", "_", part.name)
    return [
        f'Content-Type: {part.media_type}; name="{bare}"'.encode("ascii"),
        b"Content-Transfer-Encoding: base64",
        b"Content-Disposition: attachment;",
        f" filename*=utf-8''{quote(part.name, safe='')}".encode("ascii"),
    ]


def _quoted(text: str) -> bytes:
    lines = text.replace("\r\n", "\n").replace("\r", "\n").encode()
    return binascii.b2a_qp(lines, istext=True).replace(b"\n", EOL)


def _base64(content: bytes) -> bytes:
    whole = base64.b64encode(content)
    lines = [whole[at : at + LONGEST_LINE] for at in range(0, len(whole), LONGEST_LINE)]
    return EOL.join(lines)


def _mailbox(header: str, name: str, email: str) -> str:
    if not name:
        return email
    shown = _encoded(header, name)
    if name.isascii() and name.isprintable():
        shown = '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
    return f"{shown}\r\n <{email}>"


def _encoded(header: str, value: str) -> str:
    """Short ASCII as it is, the rest in encoded words of at most 75 characters (RFC 2047)."""
    value = " ".join(value.split())
    is_plain = value.isascii() and value.isprintable() and "=?" not in value
    if is_plain and len(header) + len(value) < LONGEST_LINE:
        return value
    words, chunk = [], b""
    for char in value:
        octets = char.encode()
        if len(chunk) + len(octets) > ENCODED_WORD:
            words.append(chunk)
            chunk = b""
        chunk += octets
    words.append(chunk)
    return "\r\n ".join(f"=?utf-8?b?{base64.b64encode(word).decode()}?=" for word in words)
