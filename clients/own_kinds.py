"""The kinds of message that belong to this app: the test mail, calls and notes."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from clients.kinds import MessageKind, Rendered, register_kind, register_label
from clients.letters import write_letter
from clients.models import Message

TEST = "TEST"
CALL_TASK = "CALL_TASK"
CALL_LOG = "CALL"
NOTE = "NOTE"


def register_own_kinds() -> None:
    register_kind(
        MessageKind(
            key=TEST,
            render=_render_test,
            leaves_in_test=True,
            asks_call=False,
            label=_("Test mail"),
        )
    )
    register_label(CALL_LOG, _("Call"))
    register_label(CALL_TASK, _("Ring them"))
    register_label(NOTE, _("Note"))


def _render_test(message: Message) -> Rendered:
    return write_letter(
        template="emails/clients/test",
        language=message.language,
        context={"sent_to": message.to_email},
    )
