"""The pages of dunning, through their addresses, as a member."""

import re

import pytest

from clients.models import Message
from dunning.models import Approval, Case, Dispute, Notice, Pause, Profile, Promise, Reminder
from dunning.services import open_dispute, pause, record_promise
from invoices.models import Receivable
from tenants import clock
from tenants.scope import tenant_atomic, use_tenant
from tests.factories.dunning import (
    DUE,
    FIRM_DAY,
    FIRST_DAY,
    LAST_DAY,
    NOTICE_DAY,
    PRE_DUE_DAY,
    at,
    day,
    debtor,
    late_case,
    run,
    taken,
    walk_to_notice,
)


@pytest.fixture(autouse=True)
def _static_files_as_they_are(settings):
    """Pages are drawn without `collectstatic` having run."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.STORAGES = settings.STORAGES | {"staticfiles": plain}
    settings.WHITENOISE_AUTOREFRESH = True
    settings.TENANT_URLCONF = "tests.dunning.urls_standin"  # until every app has its pages


@pytest.fixture
def visit(client, acme, member):
    """`visit("dunning/")`, as a member, on the morning of the formal notice."""
    client.force_login(member)

    def go(path, data=None, *, on=NOTICE_DAY, **extra):
        with use_tenant(acme):
            moment = at(on, 11)
        with clock.as_of(moment):
            if data is None:
                return client.get(f"/t/acme/{path}", **extra)
            return client.post(f"/t/acme/{path}", data, **extra)

    return go


@pytest.fixture
def inside(acme):
    """Rows of acme, in a scope that is closed again before the page is asked for."""

    def call(act, *args, **kwargs):
        with use_tenant(acme), tenant_atomic():
            return act(*args, **kwargs)

    return call


def text_of(response):
    words = re.sub(r"<[^>]+>", " ", response.content.decode())
    return re.sub(r"\s+", " ", words)


def test_the_overview_says_what_leaves_today_and_next(visit, inside):
    inside(late_case)

    page = visit("dunning/", on=FIRST_DAY)

    text = text_of(page)
    assert page.status_code == 200
    assert "Garage Morvan First reminder 1 200,00 €" in text or "€1,200.00" in text
    assert [entry.step_names for entry in page.context["leaving"]]


def test_looking_at_the_overview_changes_nothing(visit, inside):
    case = inside(late_case)

    visit("dunning/", on=FIRST_DAY)

    inside(case.refresh_from_db)
    assert case.next_action_on == PRE_DUE_DAY
    assert inside(Message.objects.count) == inside(Reminder.objects.count) == 0


def test_the_overview_groups_silent_debts_by_reason_and_says_why(visit, inside):
    def silence():
        client = debtor()
        for _each in range(2):
            case = late_case(client)
            open_dispute(case=case, text="Wrong", user=None, today=DUE, now=at(DUE))

    inside(silence)

    found = visit("dunning/").context["silences"]

    assert [(each.reason, each.count, len(each.lines)) for each in found] == [("DISPUTED", 2, 2)]
    assert found[0].sentence != ""


def test_the_overview_names_cases_that_could_not_be_decided(visit, inside):
    case = inside(late_case)
    inside(Case.objects.filter(pk=case.pk).update, failures=1, failed_why="ValueError: odd")

    assert "ValueError: odd" in text_of(visit("dunning/"))


def several(count):
    for number in range(count):
        case = late_case(debtor(f"Garage {number}", firm_steps_alone=False))
        taken(case, "FIRST", FIRST_DAY)
        Case.objects.filter(pk=case.pk).update(next_action_on=FIRM_DAY)
        late_case(debtor(f"Atelier {number}"))
    run(FIRM_DAY)


@pytest.mark.parametrize("count", [1, 3])
def test_the_overview_costs_the_same_whatever_it_shows(
    visit, inside, django_assert_num_queries, count
):
    inside(several, count)

    with django_assert_num_queries(32):
        assert visit("dunning/", on=FIRM_DAY).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_questions_cost_the_same_however_many(visit, inside, django_assert_num_queries, count):
    inside(several, count)

    with django_assert_num_queries(9):
        assert visit("dunning/approvals/", on=FIRM_DAY).status_code == 200


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
    assert "impayée depuis le 4 mars 2026" in text_of(page)

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


def test_the_dated_ladder_shows_computed_days_and_is_approved_once(visit, inside):
    case = inside(lambda: late_case(debtor(approved=False)))
    path = f"dunning/clients/{inside(lambda: case.client.public_id)}/ladder/"

    page = visit(path, on=day(2, 3))
    visit(path, {"firm_steps_alone": "on"}, on=day(2, 3))

    (dated,) = page.context["invoices"]
    assert [(step.label, step.on) for step in dated.steps] == [
        ("J-1", PRE_DUE_DAY),
        ("J+2", FIRST_DAY),
        ("J+9", FIRM_DAY),
        ("J+16", LAST_DAY),
        ("J+30", NOTICE_DAY),
        ("J+45", day(4, 20)),
    ]
    profile = inside(Profile.objects.get)
    assert (profile.approved_at is not None, profile.firm_steps_alone) == (True, True)


def test_preferences_are_kept_and_followed(visit, inside):
    case = inside(late_case)
    client_id = inside(lambda: case.client.public_id)
    policy = inside(lambda: Profile.objects.get().policy_id)

    answer = visit(
        f"dunning/clients/{client_id}/preferences/",
        {"policy": policy, "first_word_after_days": "10", "no_pre_due": "on"},
        on=PRE_DUE_DAY,
    )

    assert answer.status_code == 302
    inside(case.refresh_from_db)
    assert (case.next_step, case.next_action_on) == ("FIRST", day(3, 16))


def test_an_absurd_preference_is_refused_beside_its_field(visit, inside):
    case = inside(late_case)
    client_id = inside(lambda: case.client.public_id)
    policy = inside(lambda: Profile.objects.get().policy_id)

    answer = visit(
        f"dunning/clients/{client_id}/preferences/",
        {"policy": policy, "first_word_after_days": "365"},
    )

    assert answer.status_code == 422
    assert "first_word_after_days" in answer.context["form"].errors


def test_the_client_page_shows_the_ladder_and_the_next_reminder(visit, inside):
    case = inside(late_case)
    client_id = inside(lambda: case.client.public_id)

    page = visit(f"clients/{client_id}/", on=DUE)
    listed = visit("clients/", on=DUE)

    assert "First reminder on" in text_of(page) or "Premier rappel" in text_of(page)
    assert "06/03/2026" in text_of(listed) or "03/03/2026" in text_of(listed)


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


def test_the_owner_sees_the_ladders_as_days(client, acme, owner, inside):
    inside(debtor)
    client.force_login(owner)

    page = client.get("/t/acme/settings/dunning/")

    assert [ladder["name"] for ladder in page.context["ladders"]] == [
        "Standard",
        "Patient",
        "Firm",
    ] or len(page.context["ladders"]) == 3


def test_an_accountant_reads_and_changes_nothing(client, acme, accountant, inside):
    case = inside(late_case)
    client.force_login(accountant)

    assert client.get("/t/acme/dunning/").status_code == 200
    assert client.get(f"/t/acme/dunning/cases/{case.public_id}/").status_code == 200
    assert client.post(f"/t/acme/dunning/cases/{case.public_id}/stop/").status_code == 403


def test_a_stranger_finds_nothing(client, acme, stranger, inside):
    case = inside(late_case)
    client.force_login(stranger)

    assert client.get(f"/t/acme/dunning/cases/{case.public_id}/").status_code == 404
    assert client.get(f"/t/globex/dunning/cases/{case.public_id}/").status_code == 404
