"""The two mails of a plan: when they leave, when they do not, and what they say."""

import datetime as dt
import re

import pytest

from clients.delivery import deliver_tenant
from clients.models import Message
from dunning.instalment_mails import (
    agreed_gate,
    proposed_gate,
    render_agreed,
    render_proposed,
    send_offer,
)
from dunning.models import Case
from invoices.plan_rendering import render_plan
from invoices.services import withdraw_plan
from payments.models import PayLink
from tenants import clock
from tenants.scope import tenant_atomic
from tests.factories.dunning import NOTICE_DAY, at, pay
from tests.factories.plans import agreed, owing, proposed, with_document


@pytest.fixture
def offer(in_acme):
    """The mail of a plan whose PDF is there."""

    def put(**fields):
        plan = with_document(proposed(**fields))
        return plan, send_offer(plan=plan, user=None)

    return put


def verdict(gate, message, on=NOTICE_DAY):
    found = gate(message, at(on))
    return type(found).__name__, getattr(found, "reason", "")


def without_breaks(text):
    return re.sub("[\xa0\u202f]", " ", text)


def test_mail_waits_for_the_pdf(in_acme):
    plan = proposed()
    message = send_offer(plan=plan, user=None)

    assert verdict(proposed_gate, message) == ("Hold", "The PDF is being made.")


def test_mail_of_a_withdrawn_plan_is_dropped(offer):
    plan, message = offer()
    withdraw_plan(plan=plan, user=None, today=NOTICE_DAY, now=at(NOTICE_DAY))

    assert verdict(proposed_gate, message) == ("Cancel", "The plan is no longer proposed.")


def test_mail_that_comes_too_late_to_answer_is_dropped(offer):
    plan, message = offer()

    said = verdict(proposed_gate, message, plan.answer_by + dt.timedelta(days=1))

    assert said == ("Cancel", "The day by which to answer has passed.")


def test_plan_is_mailed_once(offer):
    plan, message = offer()

    again = send_offer(plan=plan, user=None)

    assert again.pk == message.pk
    assert Message.objects.filter(kind="PLAN_PROPOSED").count() == 1


def test_french_mail_names_invoice_parts_and_the_last_day(offer):
    plan, message = offer(fee="30")
    number = plan.debts.get().receivable.invoice.number

    said = without_breaks(render_proposed(message).text)

    assert f"notre facture {number} (1 200,00 € restant dus)" in said
    assert "1. le jour de votre accord : 400,00 €" in said
    assert "2. le 4 mai 2026 : 400,00 €" in said
    assert "des frais de 30,00 €. Aucun intérêt n’est ajouté." in said
    assert "Elle est valable jusqu’au 10 avril 2026." in said


def test_english_mail_says_the_same(in_acme):
    plan = with_document(proposed(language="en"))

    said = without_breaks(render_proposed(send_offer(plan=plan, user=None)).text)

    assert "1. the day you agree: €400.00" in said
    assert "2. 4 May 2026: €400.00" in said
    assert "No interest and no fee" in said


def test_link_of_the_mail_covers_the_debts_and_opens_the_plan(offer):
    plan, message = offer()

    text = render_proposed(message).text

    link = PayLink.objects.get(message=message)
    assert f"[[plan:{link.public_id}]]" in text
    assert [item.receivable_id for item in link.items.all()] == [plan.debts.get().receivable_id]


def test_confirmation_names_who_agreed_and_the_part_due_today(in_acme):
    agreed()

    rendered = render_agreed(Message.objects.get(kind="PLAN_AGREED"))

    said = without_breaks(rendered.text)
    assert "Comme convenu avec Anne Morvan le 3 avril 2026" in said
    assert "1. le 3 avril 2026 : 400,00 €" in said
    assert "Première échéance : 400,00 €, à régler aujourd’hui." in said
    assert rendered.subject.startswith("C’est convenu")


def test_confirmation_after_the_first_part_was_paid_thanks_for_it(in_acme):
    _client, debts = owing()
    agreed(debts)
    pay(Case.objects.get(receivable=debts[0]), "400", on=NOTICE_DAY)

    said = without_breaks(render_agreed(Message.objects.get(kind="PLAN_AGREED")).text)

    assert "1. le 3 avril 2026 : 400,00 € (réglée, merci)" in said
    assert "Prochaine échéance : 400,00 €, le 4 mai 2026 au plus tard." in said


def test_confirmation_of_a_plan_taken_back_is_dropped(in_acme):
    plan = agreed()
    message = Message.objects.get(kind="PLAN_AGREED")
    withdraw_plan(plan=plan, user=None, today=NOTICE_DAY, now=at(NOTICE_DAY))

    assert verdict(agreed_gate, message) == ("Cancel", "The plan was withdrawn.")


def test_mail_leaves_with_the_document_once_it_is_printed(as_acme, settings):
    with tenant_atomic():
        plan = proposed()
        message = send_offer(plan=plan, user=None)
    with clock.as_of(at(NOTICE_DAY, 10)):
        deliver_tenant(now=at(NOTICE_DAY, 10))
        with tenant_atomic():
            before = Message.objects.get(pk=message.pk).state
        render_plan(plan_id=plan.pk)
        deliver_tenant(now=at(NOTICE_DAY, 11))

    with tenant_atomic():
        left = Message.objects.get(pk=message.pk)
        assert (before, left.state) == ("QUEUED", "RETAINED")
        assert left.attachments.get().file.sha256 == plan.__class__.objects.get().document_sha256
