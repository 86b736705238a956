"""The outbox, delivered to a real mail server: every way it can end."""

import datetime as dt
import uuid

import pytest
from django.db import IntegrityError, transaction

from clients.delivery import deliver_tenant
from clients.kinds import Cancel, Hold, Rendered, Send, UnknownKind
from clients.locks import MessageHasLeft
from clients.models import Attachment, Client, Message, Person, Sender
from clients.outcomes import BACKOFF
from clients.placeholders import register_placeholder
from clients.services import (
    cancel_message,
    confirm_left,
    send_again,
    send_message,
    send_test_mail,
    sender_settings,
    update_sender,
)
from clients.services.doubt import NothingToDecide
from clients.signals import message_cancelled, message_failed, message_left
from tenants.files import store_file
from tenants.models import Tenant
from tenants.scope import OpenScopeError, tenant_atomic
from tests.factories.clients import make_client, make_person, queue_probe, register_probe
from tests.fakes.smtp import DROP_AFTER_ANSWER, DROP_BEFORE_ANSWER, running_sink

NOW = dt.datetime(2026, 11, 23, 8, 30, tzinfo=dt.UTC)
MINUTE = dt.timedelta(minutes=1)
State = Message.State


@pytest.fixture
def live(as_acme):
    Tenant.objects.update(mode="LIVE")
    as_acme.mode = "LIVE"
    return as_acme


@pytest.fixture
def dupont(live):
    with tenant_atomic():
        return make_client()


@pytest.fixture
def news():
    """What was announced, in order."""
    heard = []

    def note(signal, sender, message_id, kind, **facts):
        heard.append(facts.get("state") or facts["reason"])

    signals = (message_left, message_failed, message_cancelled)
    for signal in signals:
        signal.connect(note)
    yield heard
    for signal in signals:
        signal.disconnect(note)


def queue(client, count=1, **facts):
    with tenant_atomic():
        made = [queue_probe(client, **{"subject": f"n{n}", **facts}) for n in range(count)]
    return made[0] if count == 1 else made


def queue_kind(client, facts=None, **kind):
    with tenant_atomic():
        key = register_probe(f"PROBE_{uuid.uuid4().hex[:8]}", **kind)
        return send_message(client=client, kind=key, facts=facts or {})


def deliver(now=NOW):
    return deliver_tenant(now=now).states


def fresh(message):
    with tenant_atomic():
        return Message.objects.get(pk=message.pk)


def change(model, **fields):
    with tenant_atomic():
        model.objects.update(**fields)


# the straight way --------------------------------------------------------------------------


def test_a_message_leaves_and_is_frozen(dupont, smtp_sink, news):
    message = queue(dupont, subject="Votre facture", text="Bonjour\n")

    report = deliver_tenant(now=NOW)

    assert report.as_dict() == {"messages": 1, "sent": 1, "recovered": 0, "trouble": ""}
    sent = fresh(message)
    assert (sent.state, sent.sent_at, sent.frozen_at) == (State.SENT, NOW, NOW)
    assert (sent.subject, sent.body_text) == ("Votre facture", "Bonjour\n")
    assert (sent.to_email, sent.to_name) == ("compta@dupont.example", "Anne Dupont")
    assert sent.from_header == "Acme via Échéance <no-reply@mail.example>"
    assert sent.reply_to == "bonjour@acme.example"
    assert sent.message_id == f"<m.{message.public_id}@mail.example>"
    assert sent.server_answer == "250 2.0.0 Ok: queued"
    assert news == ["SENT"]


def test_the_wire_carries_what_was_frozen(dupont, smtp_sink):
    message = queue(dupont, subject="Été", text="Bonjour\n.\n", html="<p>Été</p>")

    deliver()

    (received,) = smtp_sink.received
    wire = received.message
    assert (received.sender, received.recipients) == (
        "no-reply@mail.example",
        ["compta@dupont.example"],
    )
    assert wire["Subject"] == "Été"
    assert wire["Message-ID"] == f"<m.{message.public_id}@mail.example>"
    assert wire["Date"].datetime == NOW
    assert wire["To"] == "Anne Dupont <compta@dupont.example>"
    assert wire["From"].addresses[0].display_name == "Acme via Échéance"
    assert (received.body("plain"), received.body("html").strip()) == (
        "Bonjour\n.\n",
        "<p>Été</p>",
    )


def test_messages_leave_in_the_order_of_the_outbox_over_one_connection(dupont, smtp_sink):
    queue(dupont, 60)

    assert deliver() == {"SENT": 60}
    assert smtp_sink.subjects == [f"n{n}" for n in range(60)]
    assert smtp_sink.connections == 1


def test_files_leave_byte_for_byte_and_are_named(dupont, smtp_sink):
    content = bytes(range(256)) * 40

    def render(message):
        stored = store_file(content=content, name="f.pdf", media_type="application/pdf")
        return Rendered("Facture", "Voir\n", attachments=[(stored, "Facture n° 12 été.pdf")])

    message = queue_kind(dupont, render=render)
    deliver()

    (part,) = smtp_sink.received[0].message.iter_attachments()
    assert (part.get_filename(), part.get_content_type()) == (
        "Facture n° 12 été.pdf",
        "application/pdf",
    )
    assert part.get_content() == content
    assert fresh(message).file_count == 1


def test_the_hidden_copy_is_in_no_header(dupont, smtp_sink):
    with tenant_atomic():
        update_sender(facts={"bcc": "copie@acme.example"}, user=None, now=NOW)
    queue(dupont)

    deliver()

    (received,) = smtp_sink.received
    assert received.recipients == ["compta@dupont.example", "copie@acme.example"]
    assert b"copie@" not in received.content


def test_a_link_is_put_in_on_the_wire_only(dupont, smtp_sink):
    register_placeholder("pay", lambda key: f"https://x.example/p/{key[:8]}/?a=1&b=2", words="lien")
    key = uuid.uuid4()
    mark = f"[[pay:{key}]]"
    message = queue(dupont, text=f"Payer : {mark}\n", html=f'<a href="{mark}">Payer</a>')

    deliver()

    link = f"https://x.example/p/{str(key)[:8]}/?a=1&b=2"
    assert smtp_sink.received[0].body("plain") == f"Payer : {link}\n"
    assert f'href="{link.replace("&", "&amp;")}"' in smtp_sink.received[0].body("html")
    assert fresh(message).body_text == f"Payer : {mark}\n"


def test_the_language_of_the_person_is_spoken(dupont, smtp_sink):
    from clients.letters import write_letter

    def render(message):
        return write_letter(
            template="emails/clients/test",
            language=message.language,
            context={"sent_to": message.to_email},
        )

    key = register_probe("PROBE_LETTER", render=render)
    with tenant_atomic():
        person = make_person(dupont, language="en")
        send_message(client=dupont, kind=key, facts={}, person=person)
        send_message(client=dupont, kind=key, facts={})

    deliver()

    assert smtp_sink.subjects == ["Your emails are on their way", "Vos e-mails partent bien"]
    assert "Acme SARL" in smtp_sink.received[1].body("plain")
    assert 'lang="fr"' in smtp_sink.received[1].body("html")


# what keeps a message back -------------------------------------------------------------------


def test_in_test_mode_nothing_leaves_and_everything_can_be_read(as_acme, smtp_sink, news):
    with tenant_atomic():
        message = queue_probe(make_client(), subject="Rappel")

    assert deliver_tenant(now=NOW).states == {"RETAINED": 1}

    assert smtp_sink.connections == 0
    assert (fresh(message).state, fresh(message).subject) == (State.RETAINED, "Rappel")
    assert news == ["RETAINED"]


def test_without_a_mail_server_messages_are_kept(dupont, news):
    message = queue(dupont, subject="Rappel")

    assert deliver() == {"KEPT": 1}
    assert (fresh(message).subject, fresh(message).sent_at) == ("Rappel", NOW)
    assert news == ["KEPT"]


def test_a_stopped_client_holds_and_others_leave(dupont, smtp_sink):
    held = queue(dupont)
    with tenant_atomic():
        queue_probe(make_client("Riou", email="r@riou.example"), subject="Riou")
        Client.objects.filter(pk=dupont.pk).update(stopped_at=NOW)

    assert deliver() == {"SENT": 1}
    assert smtp_sink.subjects == ["Riou"]
    assert fresh(held).state == State.QUEUED

    change(Client, stopped_at=None)
    assert deliver() == {"SENT": 1}


def test_a_stop_that_comes_after_the_claim_still_holds(dupont, smtp_sink):
    def render_and_stop(message):
        Tenant.objects.update(stopped_at=NOW)
        return Rendered("Premier", "x\n")

    queue_kind(dupont, render=render_and_stop)
    second = queue(dupont)

    assert deliver() == {"SENT": 1, "QUEUED": 1}
    assert smtp_sink.subjects == ["Premier"]
    assert (fresh(second).state, fresh(second).claim_id) == (State.QUEUED, None)


def test_a_stopped_tenant_claims_nothing_of_its_clients(dupont, smtp_sink, live):
    queue(dupont)
    live.stopped_at = NOW

    assert deliver() == {}
    assert smtp_sink.connections == 0


def test_a_message_waits_for_its_local_day(dupont, smtp_sink):
    register_probe()
    with tenant_atomic():
        send_message(client=dupont, kind="PROBE", facts={}, send_on=dt.date(2026, 11, 24))

    assert deliver(dt.datetime(2026, 11, 23, 22, 59, tzinfo=dt.UTC)) == {}
    assert deliver(dt.datetime(2026, 11, 23, 23, 0, tzinfo=dt.UTC)) == {"SENT": 1}


def test_the_gate_holds_then_sends(dupont, smtp_sink):
    verdicts = [Hold("Le PDF se prépare."), Send()]
    message = queue_kind(dupont, gate=lambda _message, _now: verdicts.pop(0))

    assert deliver() == {"QUEUED": 1}
    assert fresh(message).reason == "Le PDF se prépare."
    assert deliver() == {"SENT": 1}
    assert fresh(message).reason == ""


def test_a_hold_until_a_moment_is_kept(dupont, smtp_sink):
    message = queue_kind(dupont, gate=lambda _message, _now: Hold("Plus tard", NOW + MINUTE))

    deliver()

    assert fresh(message).next_try_at == NOW + MINUTE
    assert deliver() == {}


def test_the_gate_cancels(dupont, smtp_sink, news):
    message = queue_kind(dupont, gate=lambda _message, _now: Cancel("La facture est payée."))

    assert deliver() == {"CANCELLED": 1}
    assert (fresh(message).state, fresh(message).reason) == (
        State.CANCELLED,
        "La facture est payée.",
    )
    assert smtp_sink.connections == 0
    assert news == ["La facture est payée."]


def test_the_gate_drops_lines_before_the_words_are_written(dupont, smtp_sink):
    def gate(message, now):
        message.facts["text"] = "une ligne\n"
        return Send()

    message = queue_kind(dupont, {"text": "deux lignes\n"}, gate=gate)
    deliver()

    assert smtp_sink.received[0].body() == "une ligne\n"
    assert fresh(message).facts == {"text": "une ligne\n"}


@pytest.mark.parametrize("spoiled", [{"email": ""}, {"bounced_at": NOW}, {"removed_at": NOW}])
def test_without_an_address_it_fails_aloud(dupont, smtp_sink, news, spoiled):
    change(Person, **spoiled)
    message = queue(dupont)

    assert deliver() == {"FAILED": 1}
    with tenant_atomic():
        task = Message.objects.get(kind="CALL_TASK")
    assert (task.state, task.channel, task.client_id) == (State.TODO, "CALL", dupont.pk)
    assert task.facts == {"about": str(message.public_id)}
    assert task.reason == fresh(message).reason != ""
    assert news == ["FAILED"]


def test_another_person_stands_in_for_one_whose_address_bounced(dupont, smtp_sink):
    change(Person, bounced_at=NOW)
    with tenant_atomic():
        make_person(dupont, email="autre@dupont.example", role="ACCOUNTING")
    queue(dupont)

    deliver()

    assert smtp_sink.received[0].recipients == ["autre@dupont.example"]


def test_one_bad_message_stops_nobody_else(dupont, smtp_sink, caplog):
    def burst(message):
        raise ZeroDivisionError

    bad = queue_kind(dupont, render=burst)
    queue(dupont)

    assert deliver() == {"QUEUED": 1, "SENT": 1}
    assert (fresh(bad).tries, fresh(bad).next_try_at) == (1, NOW + BACKOFF[0])


def test_a_message_that_is_never_fit_fails_in_the_end(dupont, smtp_sink, caplog):
    def burst(message):
        raise ZeroDivisionError

    bad = queue_kind(dupont, render=burst)
    moment = NOW
    for wait in BACKOFF:
        assert deliver(moment) == {"QUEUED": 1}
        moment += wait

    assert deliver(moment) == {"FAILED": 1}
    assert fresh(bad).state == State.FAILED


# what the mail server may answer --------------------------------------------------------------


@pytest.mark.parametrize("stage", ["at_rcpt", "at_data"])
def test_a_refusal_for_now_waits_and_leaves_later_with_the_same_bytes(dupont, smtp_sink, stage):
    getattr(smtp_sink, stage).append("451 4.7.1 Greylisted")
    message = queue(dupont)

    assert deliver() == {"QUEUED": 1}
    waiting = fresh(message)
    assert (waiting.tries, waiting.next_try_at) == (1, NOW + MINUTE)
    assert waiting.server_answer == "451 4.7.1 Greylisted"
    assert deliver() == {}
    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert fresh(message).frozen_at == NOW
    assert smtp_sink.received[0].message["Date"].datetime == NOW


def test_what_has_changed_during_the_wait_is_written_afresh(dupont, smtp_sink):
    lines = ["deux lignes\n", "une ligne\n"]

    def gate(message, now):
        message.facts["text"] = lines.pop(0)
        return Send()

    smtp_sink.at_data.append("451 4.7.1 Greylisted")
    queue_kind(dupont, gate=gate)
    deliver()

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].body() == "une ligne\n"


@pytest.mark.parametrize("stage", ["at_rcpt", "at_data"])
def test_a_refusal_for_good_fails_and_asks_for_a_call(dupont, smtp_sink, news, stage):
    getattr(smtp_sink, stage).append("550 5.1.1 No such user")
    bad = queue(dupont)
    queue(dupont)

    assert deliver() == {"FAILED": 1, "SENT": 1}
    assert fresh(bad).reason == "550 5.1.1 No such user"
    with tenant_atomic():
        assert Message.objects.get(kind="CALL_TASK").reason == "550 5.1.1 No such user"
    assert smtp_sink.connections == 1
    assert news == ["FAILED", "SENT"]


def test_a_kind_may_want_no_call(dupont, smtp_sink):
    smtp_sink.at_data.append("550 5.1.1 No such user")
    queue_kind(dupont, asks_call=False)

    deliver()

    with tenant_atomic():
        assert Message.objects.filter(kind="CALL_TASK").count() == 0


def test_an_answer_lost_sends_the_same_bytes_once_more(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue(dupont)

    assert deliver() == {"QUEUED": 1}
    assert fresh(message).doubtful_since == NOW
    assert deliver(NOW + MINUTE) == {"SENT": 1}
    first, second = smtp_sink.received
    assert first.content == second.content
    assert fresh(message).doubtful_since == NOW


def test_an_answer_lost_twice_is_for_a_human(dupont, smtp_sink, news):
    smtp_sink.at_data.extend([DROP_BEFORE_ANSWER, DROP_BEFORE_ANSWER])
    message = queue(dupont)

    deliver()
    assert deliver(NOW + MINUTE) == {"AMBIGUOUS": 1}
    assert fresh(message).state == State.AMBIGUOUS
    assert news == ["AMBIGUOUS"]


def test_an_answer_lost_on_a_formal_notice_is_for_a_human_at_once(dupont, smtp_sink, news):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue_kind(dupont, when_doubtful="ASK")

    assert deliver() == {"AMBIGUOUS": 1}
    assert fresh(message).doubtful_since == NOW
    assert deliver(NOW + MINUTE) == {}
    assert news == ["AMBIGUOUS"]


def test_what_may_have_left_and_has_changed_since_is_for_a_human(dupont, smtp_sink):
    lines = ["deux lignes\n", "une ligne\n"]

    def gate(message, now):
        message.facts["text"] = lines.pop(0)
        return Send()

    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    queue_kind(dupont, gate=gate)
    deliver()

    assert deliver(NOW + MINUTE) == {"AMBIGUOUS": 1}
    assert len(smtp_sink.received) == 1


def test_a_connection_that_drops_after_the_answer_is_made_again(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_AFTER_ANSWER)
    queue(dupont, 2)

    assert deliver() == {"SENT": 2}
    assert smtp_sink.subjects == ["n0", "n1"]
    assert smtp_sink.connections == 2


def test_a_server_that_limits_a_connection_gets_a_new_one(dupont, smtp_sink):
    smtp_sink.at_mail.extend(["250 OK", "421 4.7.0 Too many messages"])
    queue(dupont, 2)

    assert deliver() == {"SENT": 2}
    assert smtp_sink.connections == 2


def test_a_server_that_does_not_want_us_ends_the_run(dupont, smtp_sink):
    smtp_sink.at_mail.append("550 5.7.1 Sender not allowed")
    first, second = queue(dupont, 2)

    report = deliver_tenant(now=NOW)

    assert report.trouble == "550 5.7.1 Sender not allowed"
    assert (fresh(first).state, fresh(first).tries) == (State.QUEUED, 1)
    assert (fresh(second).state, fresh(second).tries) == (State.QUEUED, 0)


def test_a_server_that_is_away_loses_nothing(dupont, smtp_sink, settings):
    settings.EMAIL_PORT = 1
    message = queue(dupont)

    report = deliver_tenant(now=NOW)

    assert "refused" in report.trouble
    assert (fresh(message).state, fresh(message).next_try_at) == (State.QUEUED, NOW + MINUTE)


# crashes --------------------------------------------------------------------------------------


def leave_behind(message, state, claim_id, **fields):
    """What a killed worker leaves in the table."""
    with tenant_atomic():
        Message.objects.filter(pk=message.pk).update(
            state=state, claim_id=claim_id, claimed_at=NOW, **fields
        )


def test_after_a_crash_only_the_message_that_was_leaving_is_in_doubt(dupont, smtp_sink):
    leaving, behind = queue(dupont, 2)
    dead = uuid.uuid4()
    leave_behind(leaving, State.SENDING, dead, frozen_at=NOW, to_email="a@b.example", subject="n0")
    leave_behind(behind, State.CLAIMED, dead)

    report = deliver_tenant(now=NOW + MINUTE)

    assert (report.recovered, report.states) == (1, {"SENT": 2})
    assert fresh(leaving).doubtful_since == NOW + MINUTE
    assert fresh(behind).doubtful_since is None


def test_after_a_crash_a_formal_notice_waits_for_a_human(dupont, smtp_sink):
    notice = queue_kind(dupont, when_doubtful="ASK")
    leave_behind(notice, State.SENDING, uuid.uuid4(), frozen_at=NOW)

    assert deliver() == {}
    assert fresh(notice).state == State.AMBIGUOUS
    assert smtp_sink.connections == 0


def test_the_claim_of_a_living_worker_is_left_alone(dupont, smtp_sink, django_db_blocker):
    import psycopg
    from django.db import connection

    from clients.claims import _key

    message, alive = queue(dupont), uuid.uuid4()
    leave_behind(message, State.CLAIMED, alive)
    info = connection.connection.info
    with psycopg.connect(
        host=info.host, port=info.port, dbname=info.dbname, user=info.user
    ) as other:
        other.execute("SELECT pg_advisory_lock(%s)", [_key(alive)])
        assert deliver() == {}
        assert fresh(message).state == State.CLAIMED

    assert deliver() == {"SENT": 1}


def test_behind_a_pooler_a_claim_dies_with_its_lease(dupont, smtp_sink, monkeypatch):
    from django.db import connection

    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", True)
    message = queue(dupont)
    leave_behind(message, State.CLAIMED, uuid.uuid4())

    assert deliver(NOW + 15 * MINUTE) == {}
    assert deliver(NOW + 16 * MINUTE) == {"SENT": 1}


def test_no_network_while_a_transaction_is_open(dupont):
    with tenant_atomic(), pytest.raises(OpenScopeError):
        deliver_tenant(now=NOW)


# what left never changes -----------------------------------------------------------------------


@pytest.mark.parametrize(
    "changed",
    [{"subject": "x"}, {"body_text": "x"}, {"to_email": "x@x.example"}, {"file_count": 3}],
)
def test_the_database_refuses_to_change_what_left(dupont, smtp_sink, changed):
    message = queue(dupont)
    deliver()

    with tenant_atomic():
        with pytest.raises(IntegrityError, match="cannot be changed"), transaction.atomic():
            Message.objects.filter(pk=message.pk).update(**changed)
        with pytest.raises(IntegrityError, match="cannot be deleted"), transaction.atomic():
            Message.objects.filter(pk=message.pk).delete()


def test_the_database_refuses_to_take_a_file_from_what_left(dupont, smtp_sink):
    def render(message):
        stored = store_file(content=b"x", name="f.txt", media_type="text/plain")
        return Rendered("Facture", "Voir\n", attachments=[(stored, "f.txt")])

    queue_kind(dupont, render=render)
    deliver()

    with tenant_atomic(), pytest.raises(IntegrityError, match="files"), transaction.atomic():
        Attachment.objects.all().delete()


# the outbox ------------------------------------------------------------------------------------


def test_the_same_key_writes_one_message(dupont):
    register_probe()
    with tenant_atomic():
        first = send_message(client=dupont, kind="PROBE", facts={"n": 1}, unique_key="k")
        second = send_message(client=dupont, kind="PROBE", facts={"n": 2}, unique_key="k")
        assert (second.pk, second.facts) == (first.pk, {"n": 1})
        assert Message.objects.count() == 1


def test_an_unknown_kind_is_refused_before_it_is_written(dupont):
    with tenant_atomic(), pytest.raises(UnknownKind):
        send_message(client=dupont, kind="NOBODY", facts={})


def test_a_waiting_message_can_be_cancelled_and_one_that_left_cannot(dupont, smtp_sink, news):
    waiting = queue(dupont)
    with tenant_atomic():
        cancel_message(message=waiting, reason="Payée")
    left = queue(dupont)
    deliver()

    with tenant_atomic(), pytest.raises(MessageHasLeft):
        cancel_message(message=left, reason="Payée")
    assert (fresh(waiting).state, fresh(left).state) == (State.CANCELLED, State.SENT)
    assert news == ["Payée", "SENT"]


def test_a_letter_waits_to_be_done_by_hand(dupont):
    register_probe()
    with tenant_atomic():
        letter = send_message(client=dupont, kind="PROBE", facts={}, channel="LETTER")

    assert letter.state == State.TODO
    assert deliver() == {}


def test_a_human_says_that_a_doubtful_message_left(dupont, smtp_sink, news):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue_kind(dupont, when_doubtful="ASK")
    deliver()

    with tenant_atomic():
        confirm_left(message=message, user=None, now=NOW + MINUTE)
        with pytest.raises(NothingToDecide):
            confirm_left(message=message, user=None, now=NOW + MINUTE)

    assert (fresh(message).state, fresh(message).sent_at) == (State.SENT, NOW)
    assert news == ["AMBIGUOUS", "SENT"]


def test_a_human_sends_a_doubtful_message_again_with_the_same_bytes(dupont, smtp_sink):
    smtp_sink.at_data.append(DROP_BEFORE_ANSWER)
    message = queue_kind(dupont, when_doubtful="ASK")
    deliver()
    with tenant_atomic():
        send_again(message=message, user=None, now=NOW)

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].content == smtp_sink.received[1].content


def test_a_refused_message_sent_again_finds_the_new_address(dupont, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.1.1 No such user")
    message = queue(dupont)
    deliver()
    change(Person, email="neuf@dupont.example")
    with tenant_atomic():
        send_again(message=message, user=None, now=NOW)

    assert deliver(NOW + MINUTE) == {"SENT": 1}
    assert smtp_sink.received[0].recipients == ["neuf@dupont.example"]


# as whom ---------------------------------------------------------------------------------------


def own_server(sink, **changed):
    facts = {
        "way": "OWN_SMTP",
        "from_name": "Atelier Acme",
        "from_email": "compta@acme.example",
        "host": sink.host,
        "port": sink.port,
        "security": "NONE",
        **changed,
    }
    with tenant_atomic():
        update_sender(facts=facts, user=None, now=NOW)


def test_a_tenant_sends_as_itself_through_its_own_server(dupont, settings):
    settings.ALLOW_PRIVATE_SMTP = True
    with running_sink() as sink:
        sink.password = ("acme", "s3cret")
        own_server(sink, username="acme", password="s3cret")
        queue(dupont)

        assert deliver() == {"SENT": 1}

    (received,) = sink.received
    assert received.sender == "compta@acme.example"
    assert received.message["From"] == "Atelier Acme <compta@acme.example>"
    assert received.message["Reply-To"] == "bonjour@acme.example"


def test_a_wrong_password_is_shown_and_nothing_is_lost(dupont, settings):
    settings.ALLOW_PRIVATE_SMTP = True
    with running_sink() as sink:
        sink.password = ("acme", "s3cret")
        own_server(sink, username="acme", password="wrong")
        message = queue(dupont)
        deliver()

        with tenant_atomic():
            assert "535" in sender_settings().last_error
        assert fresh(message).state == State.QUEUED

        own_server(sink, username="acme", password="s3cret")
        assert deliver(NOW + MINUTE) == {"SENT": 1}


def test_a_tenants_server_may_not_be_inside_our_network(dupont, settings):
    settings.ALLOW_PRIVATE_SMTP = False
    with running_sink() as sink:
        own_server(sink, port=25)
        message = queue(dupont)

        report = deliver_tenant(now=NOW)

        assert sink.connections == 0
    assert report.trouble != ""
    assert fresh(message).state == State.QUEUED


def test_a_test_mail_leaves_in_test_mode_and_proves_the_way(as_acme, owner, smtp_sink):
    with tenant_atomic():
        sender_settings()
        send_test_mail(user=owner)

    assert deliver() == {"SENT": 1}
    assert smtp_sink.received[0].recipients == ["owner@acme.example"]
    with tenant_atomic():
        assert Sender.objects.get().proved_at == NOW


def test_a_test_mail_refused_says_why(as_acme, owner, smtp_sink):
    smtp_sink.at_rcpt.append("550 5.7.1 Relaying denied")
    with tenant_atomic():
        sender_settings()
        send_test_mail(user=owner)

    assert deliver() == {"FAILED": 1}
    with tenant_atomic():
        sender = Sender.objects.get()
        assert (sender.proved_at, sender.last_error) == (None, "550 5.7.1 Relaying denied")
        assert Message.objects.filter(kind="CALL_TASK").count() == 0
