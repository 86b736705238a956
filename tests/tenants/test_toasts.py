"""Toasts: a link and a way back, and never the mark-up of somebody's name."""

from django.contrib.messages import get_messages
from django.contrib.messages.storage.session import SessionStorage
from django.test import RequestFactory

from tenants.toasts import say_done, undo_address


def said(*args, **kwargs):
    request = RequestFactory().get("/")
    request.session = {}
    request._messages = SessionStorage(request)
    say_done(request, *args, **kwargs)
    (message,) = get_messages(request)
    return message


def test_a_toast_leads_to_the_thing_and_escapes_what_it_names():
    message = said("<script> is archived.", to="/t/acme/clients/1/", label="See <it>")

    assert str(message) == (
        '&lt;script&gt; is archived. <a href="/t/acme/clients/1/">See &lt;it&gt;</a>'
    )


def test_a_plain_toast_is_left_to_the_template_to_escape():
    message = said("<b>Morvan</b>")

    assert str(message) == "<b>Morvan</b>"
    assert not hasattr(message.message, "__html__")


def test_a_toast_carries_the_way_back_beside_its_text():
    assert undo_address(said("Done.", undo="/t/acme/undo/").extra_tags) == "/t/acme/undo/"
    assert undo_address(said("Done.").extra_tags or "") == ""
    assert undo_address("safe") == ""
