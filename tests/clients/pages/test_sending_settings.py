"""The settings of sending."""

import pytest

from clients.models import Message, Sender


@pytest.fixture
def boss(client, owner):
    client.force_login(owner)
    return client


SENDING = "/t/acme/settings/sending/"
OWN = {
    "way": "OWN_SMTP",
    "from_email": "compta@acme.example",
    "host": "smtp.acme.example",
    "port": "587",
    "security": "STARTTLS",
    "username": "acme",
    "password": "s3cret",
}


def test_the_password_is_sealed_and_never_shown(boss, acme_rows):
    boss.post(SENDING, OWN)

    page = boss.get(SENDING).content.decode()
    sender = acme_rows(Sender.objects.get)
    assert (sender.host, sender.way) == ("smtp.acme.example", "OWN_SMTP")
    assert b"s3cret" not in bytes(sender.password_sealed)
    assert "s3cret" not in page
    boss.post(SENDING, {**OWN, "password": ""})
    assert acme_rows(Sender.objects.get).password_sealed == sender.password_sealed


@pytest.mark.parametrize(
    ("changed", "field"),
    [
        ({"host": ""}, "host"),
        ({"from_email": ""}, "from_email"),
        ({"from_email": "nobody"}, "from_email"),
        ({"bcc": "x@"}, "bcc"),
        ({"port": "99999"}, "port"),
        ({"security": "NONE"}, "security"),
        ({"way": "PIGEON"}, "way"),
    ],
)
def test_bad_sending_settings_are_said_beside_their_field(boss, acme_rows, changed, field):
    answer = boss.post(SENDING, {**OWN, **changed})

    assert answer.status_code == 422
    assert field in answer.context["form"].errors


def test_a_test_mail_is_queued_to_the_owner(boss, acme_rows, owner):
    boss.post(SENDING + "test/")

    message = acme_rows(Message.objects.get)
    assert (message.kind, message.to_email, message.client_id) == ("TEST", owner.email, None)


def test_a_member_may_not_touch_sending(browser):
    assert browser.get(SENDING).status_code == 403
    assert browser.post(SENDING + "test/").status_code == 403
