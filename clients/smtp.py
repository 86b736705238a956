"""Handing bytes to a mail server: one connection for many messages, and an honest outcome.

Before the first byte of a message's content is sent, a failure means that nothing left. After it,
a missing answer means that nobody knows.
"""

from __future__ import annotations

import contextlib
import ipaddress
import smtplib
import socket
import ssl
from collections.abc import Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Any, NoReturn

from django.conf import settings
from django.utils.translation import gettext as _

from clients.senders import Route
from tenants.scope import assert_no_open_scope

TIMEOUT = 20  # seconds, for each answer of the server
MESSAGES_PER_CONNECTION = 100
MAIL_PORTS = frozenset({25, 465, 587, 2525})
LONGEST_ANSWER = 500
SERVICE_CLOSING = 421
START_INPUT = 354
OK = 250
TEMPORARY = 400
PERMANENT = 500


class Outcome(Enum):
    """What became of one message."""

    ACCEPTED = "ACCEPTED"
    LATER = "LATER"  # refused for now (4xx): nothing left
    REFUSED = "REFUSED"  # refused for good (5xx): nothing left
    UNREACHABLE = "UNREACHABLE"  # no server, or none for us: nothing left, nor would the next
    DOUBTFUL = "DOUBTFUL"  # the content was sent, the answer never came


@dataclass(frozen=True, slots=True)
class Answer:
    outcome: Outcome
    text: str


class ServerNotAllowed(Exception):
    """The address leads into the private network of this installation."""


class _Stop(Exception):
    """Ends an exchange early, with its answer."""

    def __init__(self, outcome: Outcome, text: str) -> None:
        super().__init__(text)
        self.answer = Answer(outcome, text[:LONGEST_ANSWER])


class Courier:
    """Sends through one route, keeping the connection between messages."""

    def __init__(self, route: Route) -> None:
        self._route = route
        self._server: smtplib.SMTP | None = None
        self._sent = 0

    def close(self) -> None:
        """Say goodbye; whatever goes wrong now is of no interest."""
        self._leave(politely=True)

    def send(self, *, sender: str, recipients: Sequence[str], content: bytes) -> Answer:
        """Hand over one message. The first recipient decides, the others (Bcc) may be refused.

        Raises:
            OpenScopeError: a transaction of a tenant is open.
        """
        assert_no_open_scope()
        try:
            server = self._ready(sender)
            self._address(server, recipients)
            return self._hand_over(server, content)
        except _Stop as stop:
            return stop.answer

    def _ready(self, sender: str) -> smtplib.SMTP:
        """A connection that has taken MAIL FROM; one left over from before may have closed."""
        is_reused = self._server is not None
        if self._sent >= MESSAGES_PER_CONNECTION:
            self._leave(politely=True)
        server = self._server or self._connect()
        try:
            code, text = server.mail(sender)
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._leave(politely=False)
            if is_reused:
                return self._ready(sender)
            raise _Stop(Outcome.UNREACHABLE, str(error)) from error
        if code == SERVICE_CLOSING and is_reused:
            self._leave(politely=False)
            return self._ready(sender)
        if code != OK:
            self._refuse(server, code, text, is_about_us=True)
        return server

    def _address(self, server: smtplib.SMTP, recipients: Sequence[str]) -> None:
        for position, recipient in enumerate(recipients):
            try:
                code, text = server.rcpt(recipient)
            except (smtplib.SMTPServerDisconnected, OSError) as error:
                self._leave(politely=False)
                raise _Stop(Outcome.LATER, str(error)) from error
            if position == 0 and code >= TEMPORARY:
                self._refuse(server, code, text)

    def _hand_over(self, server: smtplib.SMTP, content: bytes) -> Answer:
        try:
            code, text = server.docmd("DATA")
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._leave(politely=False)
            raise _Stop(Outcome.LATER, str(error)) from error
        if code != START_INPUT:
            self._refuse(server, code, text)
        try:
            server.send(_dotted(content))
            code, text = server.getreply()
        except (smtplib.SMTPServerDisconnected, OSError) as error:
            self._leave(politely=False)
            return Answer(Outcome.DOUBTFUL, str(error)[:LONGEST_ANSWER])
        if code != OK:
            self._refuse(server, code, text)
        self._sent += 1
        return Answer(Outcome.ACCEPTED, _words(code, text))

    def _refuse(
        self, server: smtplib.SMTP, code: int, text: bytes, *, is_about_us: bool = False
    ) -> NoReturn:
        """End the exchange on the server's refusal, leaving the connection fit for the next."""
        if code == SERVICE_CLOSING:
            self._leave(politely=False)
            raise _Stop(Outcome.UNREACHABLE, _words(code, text))
        try:
            server.rset()
        except (smtplib.SMTPServerDisconnected, OSError):
            self._leave(politely=False)
        if is_about_us:
            raise _Stop(Outcome.UNREACHABLE, _words(code, text))
        raise _Stop(Outcome.REFUSED if code >= PERMANENT else Outcome.LATER, _words(code, text))

    def _connect(self) -> smtplib.SMTP:
        try:
            server = _open(self._route)
        except ServerNotAllowed as error:
            raise _Stop(Outcome.UNREACHABLE, str(error)) from error
        except (smtplib.SMTPException, OSError) as error:
            raise _Stop(Outcome.UNREACHABLE, _told(error)) from error
        self._server, self._sent = server, 0
        return server

    def _leave(self, *, politely: bool) -> None:
        server, self._server, self._sent = self._server, None, 0
        if server is None:
            return
        if politely:
            with contextlib.suppress(smtplib.SMTPException, OSError):
                server.quit()
        server.close()


def _open(route: Route) -> smtplib.SMTP:
    """Connect, encrypt and sign in; whatever fails, the socket is closed again."""
    arguments: dict[str, Any] = {"timeout": TIMEOUT, "local_hostname": settings.MAIL_DOMAIN}
    server: smtplib.SMTP
    if route.security == "TLS":
        context = ssl.create_default_context()
        secured = smtplib.SMTP_SSL if route.is_ours else _GuardedTls
        server = secured(route.host, route.port, context=context, **arguments)
    else:
        plain = smtplib.SMTP if route.is_ours else _Guarded
        server = plain(route.host, route.port, **arguments)
    try:
        if route.security == "STARTTLS":
            server.starttls(context=ssl.create_default_context())
        if route.username:
            server.login(route.username, route.password)
        server.ehlo_or_helo_if_needed()
    except BaseException:
        server.close()
        raise
    return server


class _Guarded(smtplib.SMTP):
    """Connects to public addresses only: a tenant names the host, so it is not to be trusted.

    The address that was checked is the one connected to, so a name that changes its answer between
    two look-ups gains nothing.
    """

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return socket.create_connection((public_address(host, port), port), timeout)


class _GuardedTls(smtplib.SMTP_SSL, _Guarded):
    """The same, encrypted from the first byte; the certificate is checked against the name."""


def public_address(host: str, port: int) -> str:
    """The address of a tenant's mail server.

    Raises:
        ServerNotAllowed: it is not a public one, or the port is none of mail's.
        OSError: the name is unknown.
    """
    found = [str(entry[4][0]) for entry in socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)]
    if settings.ALLOW_PRIVATE_SMTP:
        return found[0]
    if port not in MAIL_PORTS:
        raise ServerNotAllowed(_("Mail servers answer on port 25, 465, 587 or 2525."))
    if not all(_is_public(address) for address in found):
        raise ServerNotAllowed(_("This address is not one of a public mail server."))
    return found[0]


def _is_public(address: str) -> bool:
    found = ipaddress.ip_address(address)
    inner = found.ipv4_mapped if isinstance(found, ipaddress.IPv6Address) else None
    return (inner or found).is_global and not found.is_multicast


def _dotted(content: bytes) -> bytes:
    """RFC 5321 §4.5.2: a line that begins with a dot gets another; a lone dot ends the content."""
    body = content.replace(b"\r\n.", b"\r\n..")
    if body.startswith(b"."):
        body = b"." + body
    return body + (b".\r\n" if body.endswith(b"\r\n") else b"\r\n.\r\n")


def _words(code: int, text: bytes) -> str:
    return f"{code} {text.decode('utf-8', 'replace')}"[:LONGEST_ANSWER]


def _told(error: Exception) -> str:
    if isinstance(error, smtplib.SMTPResponseException):
        told = error.smtp_error
        return _words(error.smtp_code, told if isinstance(told, bytes) else str(told).encode())
    return str(error) or type(error).__name__
