"""The pages on which the owner says yes or no."""

from clients.models import Message
from dunning.models import Approval, Case, Notice, Pause
from dunning.services import open_dispute
from invoices.models import Receivable
from tests.dunning.reading import text_of
from tests.factories.dunning import (
    FIRM_DAY,
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


def test_a_firm_step_is_read_and_approved_in_one_click(visit, inside, member):
    def ask():
        case = late_case(debtor(firm_steps_alone=False))
        taken(case, "FIRST", FIRST_DAY)
        run(FIRM_DAY)
        return Approval.objects.get()

    approval = inside(ask)
    listed = visit("dunning/approvals/", on=FIRM_DAY)
    assert f"dunning/approvals/{approval.public_id}/" in listed.content.decode()
    page = visit(f"dunning/approvals/{approval.public_id}/", on=FIRM_DAY)
    assert "Impayé depuis le 4 mars 2026" in text_of(page)

    answer = visit(f"dunning/approvals/{approval.public_id}/approve/", {}, on=FIRM_DAY)

    assert answer.status_code == 302
    inside(approval.refresh_from_db)
    assert (approval.state, approval.answered_by) == (Approval.State.GRANTED, member)


def test_reading_an_approval_stores_nothing(visit, inside):
    approval = inside(lambda: walk_to_notice(late_case(), yes=False))
    before = inside(Message.objects.count)

    page = visit(f"dunning/approvals/{approval.public_id}/")
    letter = visit(f"dunning/approvals/{approval.public_id}/letter/")

    assert (page.status_code, letter.status_code) == (200, 200)
    assert b"".join(letter.streaming_content)[:5] == b"%PDF-"
    assert inside(Message.objects.count) == before
    assert inside(Notice.objects.count) == 0
    assert inside(Receivable.objects.exclude(kind="INSTALLMENT").count) == 0


def test_a_formal_notice_shows_exactly_what_it_claims(visit, inside):
    approval = inside(lambda: walk_to_notice(late_case(), yes=False))

    page = visit(f"dunning/approvals/{approval.public_id}/")

    notice = page.context["proposal"].notice
    assert [str(each) for each in (notice.principal, notice.interest, notice.indemnity)] == [
        "1200.00",
        "11.98",
        "40.00",
    ]
    text = text_of(page)
    assert "12,15" in text or "12.15" in text  # the rate of the half-year


def test_other_debts_of_the_client_are_shown_left_out_with_the_reason(visit, inside):
    def two():
        client = debtor()
        approval = walk_to_notice(late_case(client), yes=False)
        other = late_case(client)
        open_dispute(case=other, text="Wrong", user=None, today=NOTICE_DAY, now=at(NOTICE_DAY))
        return approval

    approval = inside(two)

    left_out = visit(f"dunning/approvals/{approval.public_id}/").context["proposal"].left_out

    assert [line.case.silence for line in left_out] == ["DISPUTED"]
    assert left_out[0].why != ""


def test_unticking_the_indemnity_is_heard_in_the_totals_and_in_the_grant(visit, inside):
    approval = inside(lambda: walk_to_notice(late_case(), yes=False))
    ticks = {f"principal-{approval.public_id}": "on", f"late_fees-{approval.public_id}": "on"}
    path = f"dunning/approvals/{approval.public_id}"

    shown = visit(f"{path}/totals/", ticks)
    visit(f"{path}/approve/", ticks)

    assert str(shown.context["proposal"].notice.indemnity) == "0.00" or (
        shown.context["proposal"].notice.indemnity == 0
    )
    inside(approval.refresh_from_db)
    assert (approval.state, approval.claims_late_fees, approval.claims_indemnity) == (
        Approval.State.GRANTED,
        True,
        False,
    )


def test_a_debt_without_a_tick_stays_asked(visit, inside):
    def two():
        client = debtor()
        first, second = late_case(client), late_case(client)
        for case in (first, second):
            for step, on in (("FIRST", FIRST_DAY), ("FIRM", FIRM_DAY), ("LAST_CALL", LAST_DAY)):
                taken(case, step, on)
        run(NOTICE_DAY)
        return list(Approval.objects.order_by("id"))

    first, second = inside(two)

    visit(f"dunning/approvals/{first.public_id}/approve/", {f"principal-{second.public_id}": "on"})

    inside(first.refresh_from_db)
    inside(second.refresh_from_db)
    assert (first.state, second.state) == (Approval.State.ASKED, Approval.State.GRANTED)


def test_a_notice_without_any_tick_is_not_approved(visit, inside):
    approval = inside(lambda: walk_to_notice(late_case(), yes=False))

    visit(f"dunning/approvals/{approval.public_id}/approve/", {})

    inside(approval.refresh_from_db)
    assert approval.state == Approval.State.ASKED


def test_a_refused_step_is_silent_until_resumed(visit, inside):
    approval = inside(lambda: walk_to_notice(late_case(), yes=False))

    visit(f"dunning/approvals/{approval.public_id}/refuse/", {})

    inside(approval.refresh_from_db)
    assert approval.state == Approval.State.REFUSED
    assert inside(Pause.objects.get).until is None


def test_a_postponed_step_comes_back_after_its_day(visit, inside):
    approval = inside(lambda: walk_to_notice(late_case(), yes=False))

    visit(f"dunning/approvals/{approval.public_id}/postpone/", {"until": "2026-04-10"})

    assert inside(Case.objects.get).next_action_on == day(4, 13)
