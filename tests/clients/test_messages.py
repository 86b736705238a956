"""Pages of messages: everything said can be read, safely, and decided about."""

import datetime as dt
import uuid

import pytest

from clients.delivery import deliver_tenant
from clients.kinds import Rendered
from clients.models import Client, Message
from clients.placeholders import conceal, links_in, register_placeholder, reveal
from clients.services import ask_for_call, log_call, send_message, send_test_mail
from tenants.files import store_file
from tenants.models import Tenant
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.clients import make_client, queue_probe, register_probe
from tests.fakes.smtp import DROP_BEFORE_ANSWER

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
MESSAGES = "/t/acme/clients/messages/"
ENGLISH = {"accept-language": "en"}
KEY = uuid.UUID("6f9619ff-8b86-4d01-b42d-00cf4fc964ff")


@pytest.fixture
def browser(client, member):
    client.force_login(member)
    return client


@pytest.fixture
def delivered(acme):
    """Put one message into the outbox, deliver, and give the row."""

    def make(mode="LIVE", **kind):
        Tenant.objects.update(mode=mode)
        register_placeholder(
            "probe", lambda key: f"https://x.example/{key}", words="lien de paiement"
        )
        with use_tenant(acme):
            with tenant_atomic():
                key = register_probe(f"PROBE_{uuid.uuid4().hex[:8]}", **kind)
                facts = {
                    "subject": "Rappel <b>",
                    "text": f"Payer : [[probe:{KEY}]]\n",
                    "html": f'<p>Été</p><a href="[[probe:{KEY}]]">Payer</a>',
                }
                row = send_message(client=make_client(), kind=key, facts=facts)
            deliver_tenant(now=NOW)
            with tenant_atomic():
                return Message.objects.get(pk=row.pk)

    return make


@pytest.fixture
def fresh(acme):
    def read(row):
        with use_tenant(acme), tenant_atomic():
            return Message.objects.get(pk=row.pk)

    return read


def url(row, tail=""):
    return f"{MESSAGES}{row.public_id}/{tail}"


def test_a_message_that_left_is_readable_without_its_link(browser, delivered, smtp_sink):
    row = delivered()

    page = browser.get(url(row), headers=ENGLISH).content.decode()

    assert "Rappel &lt;b&gt;" in page
    assert "compta@dupont.example" in page
    assert "250 2.0.0 Ok: queued" in page
    assert "Payer : [lien de paiement]" in page
    assert f'src="{url(row, "html/")}"' in page
    assert "<iframe sandbox" in page
    assert str(KEY) not in page


def test_the_html_is_shown_in_a_frame_that_can_do_nothing(browser, delivered, smtp_sink):
    row = delivered()

    page = browser.get(url(row))
    frame = browser.get(url(row, "html/"))

    assert frame.headers["Content-Security-Policy"] == (
        "default-src 'none'; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none';"
        " frame-ancestors 'self'; sandbox"
    )
    assert frame.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert "frame-src 'self'" in page.headers["Content-Security-Policy"]
    assert frame.content.decode() == '<p>Été</p><a href="[lien de paiement]">Payer</a>'


def test_a_message_without_html_has_no_frame(browser, delivered, smtp_sink):
    row = delivered(render=lambda _message: Rendered("Note", "Texte\n"))

    assert "<iframe" not in browser.get(url(row)).content.decode()
    assert browser.get(url(row, "html/")).status_code == 404


@pytest.mark.parametrize(("mode", "state"), [("TEST", "RETAINED"), ("LIVE", "KEPT")])
def test_what_did_not_leave_is_readable_all_the_same(browser, delivered, mode, state):
    row = delivered(mode)

    assert row.state == state
    assert "Payer : [lien de paiement]" in browser.get(url(row)).content.decode()


def test_a_file_that_left_is_served_after_the_access_check(
    browser, client, stranger, delivered, smtp_sink
):
    def render(message):
        stored = store_file(content=b"%PDF-1", name="f.pdf", media_type="application/pdf")
        return Rendered("Facture", "Voir\n", attachments=[(stored, "Facture été.pdf")])

    row = delivered(render=render)

    answer = browser.get(url(row, "files/0/"))
    assert (b"".join(answer.streaming_content), answer.headers["Content-Type"]) == (
        b"%PDF-1",
        "application/pdf",
    )
    assert answer.headers["Content-Disposition"].startswith("attachment; filename")
    assert browser.get(url(row, "files/1/")).status_code == 404
    client.force_login(stranger)
    assert client.get(url(row, "files/0/")).status_code == 404


def test_a_waiting_message_is_cancelled_by_hand(browser, acme, fresh):
    with use_tenant(acme), tenant_atomic():
        row = queue_probe(make_client())

    browser.post(url(row, "cancel/"))

    assert (fresh(row).state, fresh(row).reason != "") == ("CANCELLED", True)


def test_what_left_cannot_be_cancelled_and_the_page_says_so(browser, delivered, fresh, smtp_sink):
    row = delivered()

    headers = ENGLISH | {"referer": f"http://testserver{url(row)}"}
    answer = browser.post(url(row, "cancel/"), headers=headers)

    assert answer.headers["Location"] == f"http://testserver{url(row)}"
    assert fresh(row).state == "SENT"
    assert "it has left" in browser.get(url(row), headers=ENGLISH).content.decode()


def test_a_human_decides_about_a_doubtful_message(browser, delivered, fresh, smtp_sink):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    row = delivered(when_doubtful="ASK")
    page = browser.get(url(row)).content.decode()

    assert (url(row, "left/") in page, url(row, "again/") in page) == (True, True)
    browser.post(url(row, "left/"))
    assert fresh(row).state == "SENT"


def test_a_refused_message_is_sent_again(browser, delivered, fresh, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.1.1 No such user")
    row = delivered()

    browser.post(url(row, "again/"))

    assert (fresh(row).state, fresh(row).tries) == ("QUEUED", 0)


def test_a_task_is_ticked_off(browser, acme, fresh):
    with use_tenant(acme), tenant_atomic():
        task = ask_for_call(client=make_client(), why="Adresse refusée")

    page = browser.get(url(task)).content.decode()
    browser.post(url(task, "done/"))

    assert f"call/?task={task.public_id}" in page
    assert fresh(task).state == "DONE"


def test_the_list_of_messages_narrows_by_state(browser, acme, delivered, smtp_sink):
    delivered()
    with use_tenant(acme), tenant_atomic():
        ask_for_call(client=Client.objects.get(), why="x")

    everything = browser.get(MESSAGES).context["rows"]
    todo = browser.get(MESSAGES, {"state": "TODO"}).context["rows"]

    assert [event.chip for event, _client in everything] == ["DUE", "SENT"]
    assert [event.chip for event, _client in todo] == ["DUE"]
    assert len(browser.get(MESSAGES, {"state": "NONSENSE"}).context["rows"]) == 2


def test_mail_to_oneself_is_in_the_list_too(browser, acme, owner):
    with use_tenant(acme), tenant_atomic():
        row = send_test_mail(user=owner)

    assert browser.get(url(row)).status_code == 200
    assert len(browser.get(MESSAGES).context["rows"]) == 1


def test_a_call_shows_its_result_and_note(browser, acme, member):
    with use_tenant(acme), tenant_atomic():
        row = make_client()
        log_call(client=row, outcome="WRONG_NUMBER", note="Faux numéro " * 30, user=member, now=NOW)

    event = browser.get(f"/t/acme/clients/{row.public_id}/", headers=ENGLISH).context["events"][0]

    assert event.note.endswith("Wrong number")
    assert (event.said[-1], len(event.said)) == ("…", 161)


@pytest.mark.parametrize("tail", ["cancel/", "again/", "left/", "done/"])
def test_an_accountant_reads_messages_and_decides_nothing(client, accountant, acme, tail):
    with use_tenant(acme), tenant_atomic():
        row = queue_probe(make_client())
    client.force_login(accountant)

    assert client.get(url(row)).status_code == 200
    assert client.post(url(row, tail)).status_code == 403
    assert url(row, "cancel/") not in client.get(url(row)).content.decode()


@pytest.mark.parametrize("tail", ["", "html/", "cancel/"])
def test_a_stranger_finds_no_message(client, stranger, acme, tail):
    with use_tenant(acme), tenant_atomic():
        row = queue_probe(make_client())
    client.force_login(stranger)

    assert client.get(url(row, tail)).status_code == 404
    assert client.get(f"/t/globex/clients/messages/{row.public_id}/").status_code == 404


def test_placeholders_of_other_makes_are_left_alone():
    register_placeholder("probe", lambda key: f"https://x.example/{key}?a&b", words="lien")
    text = f"[[probe:{KEY}]] [[other:{KEY}]] [[probe:nonsense]]"

    links = links_in([text])

    assert links == {f"[[probe:{KEY}]]": f"https://x.example/{KEY}?a&b"}
    assert reveal(text, links, is_html=True).startswith(f"https://x.example/{KEY}?a&amp;b [[other:")
    assert conceal(text) == "[lien] […] [[probe:nonsense]]"
