"""The pages on which one takes back what was just said, and the toast that offers it."""

import datetime as dt
import uuid

from dunning.models import Approval, Case, Pause, Profile
from payments.models import Payment
from tests.dunning.reading import text_of
from tests.dunning.test_undoing_payments import paid, two_debts
from tests.factories.dunning import FIRM_DAY, FIRST_DAY, debtor, late_case, run, taken

EVENING = dt.date(2026, 3, 5)
KEY = "5f2c6c0e-6a0f-4b8e-9f51-0c4b8a7d2f10"
BULK = f"dunning/transfers/{KEY}/undo/"


def recorded():
    two_debts()
    paid()


def standing():
    return Payment.objects.filter(undone_at=None).count()


def asked_firm(name="Garage Morvan"):
    case = late_case(debtor(name, firm_steps_alone=False))
    taken(case, "FIRST", FIRST_DAY)
    run(FIRM_DAY)
    return Approval.objects.get()


def test_a_bulk_is_said_before_it_is_undone_and_named_after(visit, inside):
    inside(recorded)
    page = text_of(visit(BULK, on=EVENING))
    assert "Undo 2 payments" in page
    assert "Garage Morvan · " in page
    assert inside(standing) == 2

    answer = visit(BULK, {}, on=EVENING, follow=True)

    assert "2 payments are undone" in text_of(answer)
    assert inside(standing) == 0
    assert "Nothing of this can be taken back any more." in text_of(
        visit(BULK, on=EVENING, follow=True)
    )


def test_the_page_of_payments_offers_to_undo_the_last_bulk(visit, inside):
    inside(recorded)

    page = visit("payments/", on=EVENING)

    assert "2 payments were recorded together" in text_of(page)
    assert BULK in page.content.decode()
    one = inside(Payment.objects.first)
    assert BULK in visit(f"payments/{one.public_id}/", on=EVENING).content.decode()


def test_an_unknown_bulk_is_not_found(visit, inside):
    inside(recorded)

    assert visit(f"dunning/transfers/{uuid.uuid4()}/undo/", on=EVENING).status_code == 404
    assert visit(f"dunning/plan/undo/{uuid.uuid4()}/", {}, on=EVENING).status_code == 404


def test_agreeing_to_all_offers_the_way_back_in_its_toast(visit, inside):
    inside(lambda: late_case(debtor(approved=False, siren="831860911")))

    said = visit("dunning/plan/approve/", {"firm_steps_alone": ""}, on=EVENING, follow=True)

    key = inside(Profile.objects.get).agreed_with
    assert f'action="/t/acme/dunning/plan/undo/{key}/"' in said.content.decode()
    back = visit(f"dunning/plan/undo/{key}/", {}, on=EVENING, follow=True)
    assert "Your yes to 1 client is taken back: Garage Morvan." in text_of(back)
    assert inside(Profile.objects.get).approved_at is None
    again = visit(f"dunning/plan/undo/{key}/", {}, on=EVENING, follow=True)
    assert "This was taken back already." in text_of(again)


def test_a_yes_shows_among_the_answers_of_the_day_and_can_be_taken_back(visit, inside):
    approval = inside(asked_firm)
    url = f"dunning/approvals/{approval.public_id}/"
    said = visit(f"{url}approve/", {}, on=FIRM_DAY, follow=True)
    assert said.content.decode().count(f"{url}undo/") == 2  # the toast, and the list of the day

    back = visit(f"{url}undo/", {}, on=FIRM_DAY, follow=True)

    assert "the question is open again" in text_of(back)
    assert inside(Approval.objects.get).state == Approval.State.ASKED


def test_a_pause_offers_its_undo_and_a_name_in_a_toast_is_escaped(visit, inside):
    client = inside(lambda: late_case(debtor("<b>Morvan</b> & Fils")).client)

    said = visit(
        f"dunning/clients/{client.public_id}/pause/", {"until": "", "reason": ""}, follow=True
    ).content.decode()

    made = inside(Pause.objects.get)
    assert "Reminders to &lt;b&gt;Morvan&lt;/b&gt; &amp; Fils are paused." in said
    assert f"dunning/pauses/{made.public_id}/undo/" in said
    visit(f"dunning/pauses/{made.public_id}/undo/", {})
    assert inside(Pause.objects.filter(ended_on=None).count) == 0


def test_a_promise_and_a_dispute_offer_their_undo(visit, inside):
    case = inside(late_case)
    url = f"dunning/cases/{case.public_id}/"

    promised = visit(
        f"{url}promise/",
        {"amount": "1200", "promised_for": "2026-04-10", "made_by": "", "channel": "CALL"},
        follow=True,
    )
    disputed = visit(f"{url}dispute/", {"text": "Rayures"}, follow=True)

    case = inside(Case.objects.get)
    promise, dispute = inside(case.promises.get), inside(case.disputes.get)
    assert f"dunning/promises/{promise.public_id}/undo/" in promised.content.decode()
    assert f"dunning/disputes/{dispute.public_id}/undo/" in disputed.content.decode()
    visit(f"dunning/disputes/{dispute.public_id}/undo/", {})
    visit(f"dunning/promises/{promise.public_id}/undo/", {})
    assert inside(Case.objects.get).silence not in {"DISPUTED", "PROMISED"}
