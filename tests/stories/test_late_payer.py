"""A business that pays late: what it is told, on which day, and when it is left alone."""

import datetime as dt
from decimal import Decimal

from clients.models import Message
from dunning.models import Approval, Case, Notice
from dunning.services import grant
from invoices.models import Receivable
from payments.services import record_payment
from tenants import clock
from tenants.scope import tenant_atomic

ISSUED = dt.date(2026, 2, 2)  # due on Wednesday 4 March
DUE = dt.date(2026, 3, 4)


def day(month, number):
    return dt.date(2026, month, number)


def test_from_a_word_before_the_due_date_to_thanks(story):
    client = story.client()
    invoice = story.invoice(client, on=ISSUED)

    left = story.run_days(day(3, 2), day(3, 20))

    assert left == {
        day(3, 3): [f"Échéance le 4 mars 2026 : votre facture {invoice.number}"],
        day(3, 6): [f"Avez-vous pu régler votre facture {invoice.number} ?"],
        day(3, 13): [f"Impayé depuis le 4 mars 2026 : votre facture {invoice.number}"],
        day(3, 20): [f"Dernier rappel : votre facture {invoice.number}, 1 200,00 €"],
    }
    with story.at(day(3, 26)), tenant_atomic():
        record_payment(
            client=client,
            amount=Decimal(1200),
            means="TRANSFER",
            received_on=day(3, 26),
            now=clock.now(),
            user=None,
        )

    left = story.run_days(day(3, 27), day(4, 3))

    assert left == {day(3, 27): ["Merci pour votre règlement"]}


def test_the_call_is_a_task_for_the_owner(story):
    client = story.client()
    story.invoice(client, on=ISSUED)

    story.run_days(day(3, 3), day(3, 20))

    with tenant_atomic():
        calls = Message.objects.filter(channel=Message.Channel.CALL)
        assert [(call.kind, call.state, call.send_on) for call in calls] == [
            ("CALL_STEP", Message.State.TODO, day(3, 20))
        ]


def test_a_formal_notice_waits_for_a_yes_and_claims_what_was_ticked(story):
    client = story.client()
    invoice = story.invoice(client, on=ISSUED)
    story.run_days(day(3, 3), day(4, 3))

    with tenant_atomic():
        approval = Approval.objects.get(state=Approval.State.ASKED)
    assert (approval.step, approval.asked_on) == ("FORMAL_NOTICE", day(4, 3))
    with story.at(day(4, 7)), tenant_atomic():
        grant(approval=approval, user=None, today=day(4, 7), now=clock.now())
    left = story.run_days(day(4, 7), day(4, 8))

    # 34 days at ECB 2.15 + 10 points on 1,200: 13.58; and the fixed 40
    assert left == {day(4, 7): ["Mise en demeure de payer : 1 253,58 €"]}
    with tenant_atomic():
        notice = Notice.objects.get()
        assert (notice.principal, notice.interest, notice.indemnity) == (
            Decimal("1200.00"),
            Decimal("13.58"),
            Decimal("40.00"),
        )
        assert notice.deadline_on == day(4, 15)
        claims = Receivable.objects.exclude(kind="INSTALLMENT").order_by("kind")
        assert [(c.kind, c.amount, c.invoice_id) for c in claims] == [
            ("LATE_FEE", Decimal("13.58"), invoice.pk),
            ("RECOVERY_INDEMNITY", Decimal("40.00"), invoice.pk),
        ]
    mail = story.sink.received[-1]
    assert [part.get_content_type() for part in mail.message.iter_attachments()] == [
        "application/pdf"
    ]


def test_an_outage_of_ten_days_brings_one_message_not_four(story):
    client = story.client()
    story.invoice(client, on=ISSUED)
    story.run_days(day(3, 3), day(3, 3))

    left = story.run_days(day(3, 13), day(3, 19))  # nothing ran from 4 to 12 March

    assert [len(subjects) for subjects in left.values()] == [1]
    assert list(left) == [day(3, 13)]


def test_a_payment_between_the_decision_and_the_mail_cancels_the_mail(story):
    from dunning.services import run_dunning

    client = story.client()
    story.invoice(client, on=ISSUED)
    with story.at(day(3, 6)):
        run_dunning(today=day(3, 6))
        with tenant_atomic():
            record_payment(
                client=client,
                amount=Decimal(1200),
                means="TRANSFER",
                received_on=day(3, 6),
                now=clock.now(),
                user=None,
            )

    left = story.run_days(day(3, 6), day(3, 6))

    assert left == {day(3, 6): ["Merci pour votre règlement"]}
    with tenant_atomic():
        assert Case.objects.get().state == Case.State.CLOSED


def test_two_invoices_of_one_client_are_one_message(story):
    client = story.client()
    first, second = story.invoice(client, on=ISSUED), story.invoice(client, on=ISSUED, net="500")

    left = story.run_days(day(3, 6), day(3, 6))

    assert left == {
        day(3, 6): [f"Avez-vous pu régler vos factures {first.number} et {second.number} ?"]
    }
