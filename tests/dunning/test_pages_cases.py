"""The pages of one debt, and the acts on it."""

import pytest

from clients.models import Message
from dunning.models import Dispute, Pause, Promise
from dunning.services import open_dispute, pause, record_promise
from invoices.models import Receivable
from tenants.scope import use_tenant
from tests.factories.dunning import (
    DUE,
    FIRST_DAY,
    LAST_DAY,
    NOTICE_DAY,
    at,
    day,
    debtor,
    late_case,
    run,
    taken,
    walk_to_notice,
)


def test_the_page_of_a_debt_says_what_comes_next_or_why_not(visit, inside):
    def tell():
        case = late_case()
        run(FIRST_DAY)
        record_promise(
            case=case,
            amount=case.receivable.balance,
            promised_for=day(3, 17),
            made_by="Anne",
            channel="CALL",
            user=None,
            today=DUE,
            now=at(DUE),
        )
        return case

    case = inside(tell)

    page = visit(f"dunning/cases/{case.public_id}/", on=DUE)

    (row,) = page.context["panel"]["rows"]
    assert (row.chip, row.may_step) == ("PROMISED", False)
    assert [step.reminder.step for step in row.done] == ["FIRST"]


ACTS = [
    ("pause", {"until": "2026-04-10", "reason": "Holidays"}, Pause),
    ("promise", {"amount": "600", "promised_for": "2026-04-10", "channel": "CALL"}, Promise),
    ("dispute", {"text": "Half is missing"}, Dispute),
]


@pytest.mark.parametrize(("act", "data", "model"), ACTS)
def test_acts_on_a_debt_ask_and_are_kept(visit, inside, act, data, model):
    case = inside(late_case)
    path = f"dunning/cases/{case.public_id}/{act}/"

    assert visit(path).status_code == 200
    assert visit(path, data).status_code == 302

    assert inside(model.objects.count) == 1


def test_a_promise_in_the_past_is_refused_with_a_sentence(visit, inside):
    case = inside(late_case)

    answer = visit(
        f"dunning/cases/{case.public_id}/promise/",
        {"amount": "600", "promised_for": "2026-04-01", "channel": "CALL"},
    )

    assert answer.status_code == 422
    assert len(answer.context["form"].non_field_errors()) == 1
    assert inside(Promise.objects.count) == 0


def test_a_pause_is_resumed_from_the_page(visit, inside):
    def paused():
        case = late_case()
        return case, pause(
            client=case.client,
            case=case,
            until=None,
            reason="",
            user=None,
            today=DUE,
            now=at(DUE),
        )

    case, found = inside(paused)

    visit(f"dunning/pauses/{found.public_id}/resume/", {})

    inside(case.refresh_from_db)
    assert case.silence == ""


def test_a_dispute_is_settled_and_the_client_is_told(visit, inside):
    def contested():
        case = late_case()
        return open_dispute(case=case, text="Wrong", user=None, today=DUE, now=at(DUE))

    dispute = inside(contested)

    visit(f"dunning/disputes/{dispute.public_id}/resolve/", {"resolution": "Nous corrigeons."})

    assert inside(Message.objects.get).kind == "DISPUTE_RESOLVED"


def test_the_red_switch_of_one_invoice(visit, inside):
    case = inside(late_case)

    visit(f"dunning/cases/{case.public_id}/stop/", {})
    inside(case.refresh_from_db)
    assert case.silence == "STOPPED"

    visit(f"dunning/cases/{case.public_id}/resume/", {})
    inside(case.refresh_from_db)
    assert case.silence != "STOPPED"


def test_the_next_step_leaves_now_and_again_only_when_insisted(visit, inside):
    def two():
        client = debtor()
        return late_case(client), late_case(client)

    first, second = inside(two)
    visit(f"dunning/cases/{first.public_id}/step/", {}, on=FIRST_DAY)
    asked = visit(f"dunning/cases/{second.public_id}/step/", {}, on=FIRST_DAY)
    assert asked.status_code == 422
    assert inside(Message.objects.count) == 1

    visit(f"dunning/cases/{second.public_id}/step/", {"confirm": "1"}, on=FIRST_DAY)

    assert inside(Message.objects.count) == 2


def test_a_letter_is_printed_and_marked_as_posted(visit, inside, acme):
    from dunning.notices import prepare_notices

    inside(lambda: walk_to_notice(late_case()))
    with use_tenant(acme):
        prepare_notices(today=NOTICE_DAY, now=at(NOTICE_DAY))
    letter = inside(Message.objects.get, kind="FORMAL_NOTICE_LETTER")
    assert visit(f"dunning/letters/{letter.public_id}/").status_code == 200
    printed = visit(f"dunning/letters/{letter.public_id}/pdf/")
    assert b"".join(printed.streaming_content)[:5] == b"%PDF-"

    answer = visit(
        f"dunning/letters/{letter.public_id}/",
        {"posted_on": "2026-04-03", "registered_number": "1A 234 567 8901 2"},
    )

    assert answer.status_code == 302
    inside(letter.refresh_from_db)
    assert (letter.state, letter.channel) == ("DONE", "REGISTERED_LETTER")
    assert letter.facts["registered_number"] == "1A 234 567 8901 2"


@pytest.mark.parametrize(
    ("outlet", "state", "pauses"),
    [("KEEP", "OPEN", 0), ("HAND_OVER", "OPEN", 1), ("WRITE_OFF", "CLOSED", 0)],
)
def test_at_the_top_of_the_ladder_the_owner_decides(visit, inside, outlet, state, pauses):
    def climb():
        case = late_case()
        for step, on in (("LAST_CALL", LAST_DAY), ("FORMAL_NOTICE", NOTICE_DAY)):
            taken(case, step, on)
        run(day(4, 20))
        return case

    case = inside(climb)
    task = inside(Message.objects.get, kind="HAND_OVER")

    visit(
        f"dunning/hand-over/{task.public_id}/",
        {"outlet": outlet, "reason": "Insolvent"},
        on=day(4, 20),
    )

    inside(case.refresh_from_db)
    inside(task.refresh_from_db)
    assert (case.state, task.state) == (state, "DONE")
    assert inside(Pause.objects.filter(ended_on=None).count) == pauses


def test_a_late_fee_is_waived_with_a_reason(visit, inside, acme):
    from dunning.notices import prepare_notices

    case = inside(late_case)
    inside(walk_to_notice, case)
    with use_tenant(acme):
        prepare_notices(today=NOTICE_DAY, now=at(NOTICE_DAY))
    fee = inside(Receivable.objects.get, kind="LATE_FEE")
    assert visit(f"dunning/cases/{case.public_id}/").status_code == 200

    visit(f"dunning/fees/{fee.public_id}/waive/", {"reason": "Good client"})

    inside(fee.refresh_from_db)
    assert (fee.balance, fee.written_off_reason) == (0, "Good client")
