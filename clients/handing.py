"""Handing prepared messages to the mail server and writing down what it answered."""

from __future__ import annotations

import datetime as dt
import logging
import re
import uuid
from types import TracebackType
from typing import Self

from django.db import InterfaceError, OperationalError, connection
from django.utils.translation import gettext as _

from clients.claims import Claimed, give_back
from clients.locks import lock_client, lock_message
from clients.mime import letter_bytes
from clients.models import Message, Sender
from clients.outcomes import fail, kind_or_none, may_have_left, retry
from clients.own_kinds import TEST
from clients.preparing import Parcel, prepare, with_files
from clients.senders import Letterhead, read_letterhead
from clients.services.persons import note_dead_address
from clients.signals import message_left
from clients.smtp import Answer, Courier, Outcome
from clients.statements import mark_sent
from tenants.announce import announce
from tenants.scope import tenant_atomic

logger = logging.getLogger(__name__)
# RFC 3463: no such mailbox, no such domain, moved, disabled; other refusals are of this mail only
_NO_SUCH_ADDRESS = re.compile(r"5\d\d[ -]5\.(1\.[1236]|1\.10|2\.1)\b")
State = Message.State


class Post:
    """One worker's dealings with one tenant's mail server, over a whole run.

    `trouble` is set when the server cannot be reached or does not want us: the run then ends, and
    what waits is tried again later.
    """

    def __init__(self) -> None:
        self.trouble = ""
        self._letterhead: Letterhead | None = None
        self._courier: Courier | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._close()

    def open_batch(self) -> None:
        """Read afresh in whose name and through which server this tenant sends."""
        with tenant_atomic():
            letterhead = read_letterhead()
        if self._letterhead is None or letterhead.route != self._letterhead.route:
            self._close()
        self._letterhead = letterhead

    def deliver(self, taken: Claimed, claim_id: uuid.UUID, now: dt.datetime) -> str:
        """Take one claimed message as far as it goes, and return its state."""
        assert self._letterhead is not None, "open_batch comes first"  # noqa: S101 -- for mypy
        try:
            parcel = prepare(taken=taken, claim_id=claim_id, letterhead=self._letterhead, now=now)
        except (OperationalError, InterfaceError):
            raise  # the database, not the message
        except Exception:
            logger.exception("A message could not be prepared", extra={"message_pk": taken.pk})
            return _set_aside(taken, claim_id, now)
        if isinstance(parcel, str):
            return parcel
        answer = self._hand_over(parcel, self._letterhead)
        if answer.outcome is Outcome.UNREACHABLE:
            self.trouble = answer.text or _("The mail server cannot be reached.")
        return self._write_down(parcel, claim_id, answer, now)

    def _hand_over(self, parcel: Parcel, letterhead: Letterhead) -> Answer:
        if letterhead.trouble or letterhead.route is None:
            return Answer(Outcome.UNREACHABLE, letterhead.trouble)
        try:
            content = letter_bytes(with_files(parcel))
        except Exception as error:
            logger.exception("A message could not be put together", extra={"message_pk": parcel.pk})
            return Answer(Outcome.LATER, str(error))
        if self._courier is None:
            self._courier = Courier(letterhead.route)
        return self._courier.send(
            sender=parcel.sender, recipients=parcel.recipients, content=content
        )

    def _write_down(
        self, parcel: Parcel, claim_id: uuid.UUID, answer: Answer, now: dt.datetime
    ) -> str:
        try:
            return self._note(parcel, claim_id, answer, now)
        except (OperationalError, InterfaceError):
            # The answer must not be lost with the connection: one more try on a new one. The
            # claim's lock went with the old one, so the run ends here all the same.
            connection.close()
            self._note(parcel, claim_id, answer, now)
            raise

    def _note(self, parcel: Parcel, claim_id: uuid.UUID, answer: Answer, now: dt.datetime) -> str:
        with tenant_atomic():
            if answer.outcome is Outcome.ACCEPTED:
                state = _accepted(parcel, claim_id, answer, now)
            else:
                state = _refused(parcel, claim_id, answer, now)
            self._note_health(parcel, answer, now)
        return state

    def _note_health(self, parcel: Parcel, answer: Answer, now: dt.datetime) -> None:
        """What the settings page says about the way of sending."""
        letterhead = self._letterhead
        is_test = parcel.kind == TEST
        if answer.outcome is Outcome.ACCEPTED:
            if is_test:
                Sender.objects.update(proved_at=now, last_error="")
            elif letterhead is not None and letterhead.last_error:
                Sender.objects.update(last_error="")
        elif is_test or answer.outcome is Outcome.UNREACHABLE:
            Sender.objects.update(last_error=answer.text[:300])

    def _close(self) -> None:
        courier, self._courier = self._courier, None
        if courier is not None:
            courier.close()


def recover_claim(claim_id: uuid.UUID, now: dt.datetime) -> None:
    """Repair what a dead worker left: one message in doubt at most, the rest waits again."""
    with tenant_atomic():
        doubtful = list(
            Message.objects.filter(claim_id=claim_id, state=State.SENDING)
            .order_by("pk")
            .values_list("pk", "client_id")
        )
    for message_id, client_id in doubtful:
        with tenant_atomic():
            if client_id is not None:
                lock_client(client_id)
            message = lock_message(message_id)
            if message.claim_id == claim_id and message.state == State.SENDING:
                may_have_left(message, _("Sending was interrupted: it may have left."), now)
    give_back(claim_id)


def _accepted(parcel: Parcel, claim_id: uuid.UUID, answer: Answer, now: dt.datetime) -> str:
    if not mark_sent(
        message_id=parcel.pk,
        client_id=parcel.client_id,
        claim_id=claim_id,
        answer=answer.text,
        now=now,
    ):
        logger.error("A message left after its claim was lost", extra={"message_pk": parcel.pk})
        return State.SENDING
    announce(message_left, sender=Message, message_id=parcel.pk, kind=parcel.kind, state=State.SENT)
    return State.SENT


def _refused(parcel: Parcel, claim_id: uuid.UUID, answer: Answer, now: dt.datetime) -> str:
    if parcel.client_id is not None:
        lock_client(parcel.client_id)
    message = lock_message(parcel.pk)
    if message.state != State.SENDING or message.claim_id != claim_id:
        return message.state
    message.server_answer = answer.text
    if answer.outcome is Outcome.REFUSED:
        if message.client_id is not None and _NO_SUCH_ADDRESS.match(answer.text):
            note_dead_address(client_id=message.client_id, email=message.to_email, now=now)
        return fail(message, kind_or_none(message.kind), answer.text, now)
    if answer.outcome is Outcome.DOUBTFUL:
        return may_have_left(message, _("The mail server did not answer: it may have left."), now)
    return retry(message, answer.text, now)


def _set_aside(taken: Claimed, claim_id: uuid.UUID, now: dt.datetime) -> str:
    """One bad message stops nobody else: it is tried again later, and in the end is FAILED."""
    with tenant_atomic():
        if taken.client_id is not None:
            lock_client(taken.client_id)
        message = lock_message(taken.pk)
        if message.state != State.CLAIMED or message.claim_id != claim_id:
            return message.state
        message.tries += 1
        return retry(message, _("This message could not be prepared."), now)
