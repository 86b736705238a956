"""The page of dunning as a whole: what leaves, what is silent and why, and who may look."""

import pytest

from clients.models import Message
from dunning.models import Case, Reminder
from dunning.services import open_dispute
from tests.dunning.reading import text_of
from tests.factories.dunning import (
    DUE,
    FIRM_DAY,
    FIRST_DAY,
    LAST_DAY,
    PRE_DUE_DAY,
    at,
    debtor,
    late_case,
    run,
    taken,
)

# What every page costs: session, user, tenant, the scope's four, and one for the menu.
FRAME = 8


def test_the_overview_says_what_leaves_today_and_next(visit, inside):
    inside(late_case)

    page = visit("dunning/", on=FIRST_DAY)

    text = text_of(page)
    assert page.status_code == 200
    assert "Garage Morvan First reminder 1 200,00 €" in text or "€1,200.00" in text
    assert [entry.step_names for entry in page.context["leaving"]]
    assert [on for on, _ in page.context["later"]] == [FIRM_DAY, LAST_DAY]


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

    with django_assert_num_queries(FRAME + 8):
        assert visit("dunning/", on=FIRM_DAY).status_code == 200


@pytest.mark.parametrize("count", [1, 3])
def test_the_questions_cost_the_same_however_many(visit, inside, django_assert_num_queries, count):
    inside(several, count)

    with django_assert_num_queries(FRAME + 2):
        assert visit("dunning/approvals/", on=FIRM_DAY).status_code == 200


@pytest.mark.usefixtures("site")
def test_the_owner_sees_the_ladders_as_days(client, acme, owner, inside):
    inside(debtor)
    client.force_login(owner)

    page = client.get("/t/acme/settings/dunning/")

    assert [ladder["name"] for ladder in page.context["ladders"]] == [
        "Standard",
        "Patient",
        "Firm",
    ] or len(page.context["ladders"]) == 3


@pytest.mark.usefixtures("site")
def test_an_accountant_reads_and_changes_nothing(client, acme, accountant, inside):
    case = inside(late_case)
    client.force_login(accountant)

    assert client.get("/t/acme/dunning/").status_code == 200
    assert client.get(f"/t/acme/dunning/cases/{case.public_id}/").status_code == 200
    assert client.post(f"/t/acme/dunning/cases/{case.public_id}/stop/").status_code == 403


@pytest.mark.usefixtures("site")
def test_a_stranger_finds_nothing(client, acme, stranger, inside):
    case = inside(late_case)
    client.force_login(stranger)

    assert client.get(f"/t/acme/dunning/cases/{case.public_id}/").status_code == 404
    assert client.get(f"/t/globex/dunning/cases/{case.public_id}/").status_code == 404
