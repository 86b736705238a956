"""A real mail server on a free port, told what to answer, which keeps all it was given."""

import contextlib
import threading
from collections import deque
from dataclasses import dataclass, field
from email import message_from_bytes, policy

import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult

DROP_BEFORE_ANSWER = "drop before the answer"
DROP_AFTER_ANSWER = "drop after the answer"
ACCEPT = "250 2.0.0 Ok: queued"


@dataclass
class Received:
    """One message as it came over the wire."""

    sender: str
    recipients: list[str]
    content: bytes

    @property
    def message(self):
        return message_from_bytes(self.content, policy=policy.default)

    @property
    def subject(self) -> str:
        return self.message["Subject"]

    def body(self, kind="plain") -> str:
        return self.message.get_body((kind,)).get_content().replace("\r\n", "\n")


@dataclass
class SmtpSink:
    """What tests say and read: `at_data`, `at_rcpt`, `at_mail` are answers to come, in order.

    An answer is a line ("451 4.3.0 Later"), DROP_BEFORE_ANSWER or DROP_AFTER_ANSWER; without any
    left, everything is accepted. A message whose answer is dropped or positive is kept.
    """

    host: str = "127.0.0.1"
    port: int = 0
    received: list[Received] = field(default_factory=list)
    connections: int = 0
    at_mail: deque = field(default_factory=deque)
    at_rcpt: deque = field(default_factory=deque)
    at_data: deque = field(default_factory=deque)
    arrived: threading.Event = field(default_factory=threading.Event)
    password: tuple[str, str] | None = None
    on_data: object = None

    @property
    def subjects(self) -> list[str]:
        return [received.subject for received in self.received]

    # what aiosmtpd calls -------------------------------------------------------------------

    async def handle_MAIL(self, server, session, envelope, address, options):  # noqa: N802
        answer = _next(self.at_mail, "250 OK")
        if answer.startswith("250"):
            envelope.mail_from = address
        return await _answered(server, answer)

    async def handle_RCPT(self, server, session, envelope, address, options):  # noqa: N802
        answer = _next(self.at_rcpt, "250 OK")
        if answer.startswith("250"):
            envelope.rcpt_tos.append(address)
        return await _answered(server, answer)

    async def handle_DATA(self, server, session, envelope):  # noqa: N802
        answer = _next(self.at_data, ACCEPT)
        if answer.startswith(("250", "drop")):
            self.received.append(
                Received(envelope.mail_from, list(envelope.rcpt_tos), envelope.original_content)
            )
        self.arrived.set()
        if self.on_data is not None:
            self.on_data(self)
        return await _answered(server, answer)


class _Server(SMTP):
    """Counts connections, and hangs up when told to."""

    hang_up_after_answer = False

    async def smtp_EHLO(self, hostname):  # noqa: N802
        self.event_handler.connections += 1
        await super().smtp_EHLO(hostname)

    async def push(self, status):
        with contextlib.suppress(ConnectionError):
            await super().push(status)
        if self.hang_up_after_answer:
            self.hang_up_after_answer = False
            self.transport.close()


async def _answered(server, answer):
    if answer == DROP_BEFORE_ANSWER:
        server.transport.abort()
        return ACCEPT
    if answer == DROP_AFTER_ANSWER:
        server.hang_up_after_answer = True
        return ACCEPT
    return answer


class _Controller(Controller):
    def factory(self):
        if self.handler.password is None:
            return _Server(self.handler, **self.SMTP_kwargs)
        return _Server(
            self.handler, authenticator=self.check, auth_require_tls=False, **self.SMTP_kwargs
        )

    def check(self, server, session, envelope, mechanism, data):
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.handler.password, handled=False)

    def _trigger_server(self):
        self.port = self.server.sockets[0].getsockname()[1]  # the free port it was given
        super()._trigger_server()


def _next(answers, otherwise):
    return answers.popleft() if answers else otherwise


@contextlib.contextmanager
def running_sink():
    """A sink on a free port of 127.0.0.1, for tests and benches."""
    sink = SmtpSink()
    controller = _Controller(sink, hostname=sink.host, port=0, ready_timeout=10)
    controller.start()
    try:
        sink.port = controller.port
        yield sink
    finally:
        controller.stop()


@pytest.fixture
def smtp_sink(settings):
    """The mail server of this installation (EMAIL_URL) for the length of a test."""
    with running_sink() as sink:
        settings.MAIL_IS_SET = True
        settings.EMAIL_HOST, settings.EMAIL_PORT = sink.host, sink.port
        settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
        settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
        settings.MAIL_DOMAIN = "mail.example"
        settings.DEFAULT_FROM_EMAIL = "Échéance <no-reply@mail.example>"
        yield sink
