"""Calls noted on a client's page."""

import datetime as dt

from clients.models import Message
from tests.clients.pages.forms import url
from tests.factories.clients import make_client


def test_a_call_is_noted_and_another_asked_for(browser, acme_rows, member):
    row = acme_rows(make_client)

    browser.post(
        url(row, "call/"), {"outcome": "VOICEMAIL", "note": "Rappeler", "next_on": "2999-01-04"}
    )

    call, task = acme_rows(lambda: list(Message.objects.order_by("pk")))
    assert (call.kind, call.channel, call.state) == ("CALL", "CALL", "DONE")
    assert (call.facts["outcome"], call.body_text, call.created_by_id) == (
        "VOICEMAIL",
        "Rappeler",
        member.pk,
    )
    assert (task.kind, task.state, task.send_on) == ("CALL_TASK", "TODO", dt.date(2999, 1, 4))


def test_a_call_settles_its_task(browser, acme_rows):
    row = acme_rows(make_client)
    from clients.services import ask_for_call

    task = acme_rows(ask_for_call, client=row, why="Adresse refusée")

    browser.post(url(row, f"call/?task={task.public_id}"), {"outcome": "ANSWERED"})

    assert acme_rows(lambda: Message.objects.get(pk=task.pk).state) == "DONE"


def test_the_next_call_cannot_be_in_the_past(browser, acme_rows):
    row = acme_rows(make_client)

    answer = browser.post(url(row, "call/"), {"outcome": "ANSWERED", "next_on": "2020-01-01"})

    assert answer.status_code == 422
    assert list(answer.context["form"].errors) == ["next_on"]
    assert acme_rows(Message.objects.count) == 0
