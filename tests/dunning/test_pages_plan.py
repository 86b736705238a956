"""The pages of the plan: what a tired owner reads, and what one click agrees to."""

import re

import pytest

from clients.models import Client, Message
from dunning.models import Case, Profile
from tenants import clock
from tenants.models import Tenant
from tests.dunning.old_book import (
    IMPORTED,
    TOMORROW,
    agree_to_all,
    bring_book,
    case_of,
    left,
    live_through,
    old,
)
from tests.dunning.reading import text_of
from tests.factories.dunning import at, day

# What every page costs: session, user, tenant, the scope's four, and one for the menu.
FRAME = 8


@pytest.fixture
def book(inside):
    def bring():
        bring_book(
            old("A", client="Petit", gross="300,00"),
            old("B", client="Grand", gross="4000,00"),
            old("C", client="Grand", late=-12),
        )
        Client.objects.filter(name="Grand").update(siren="552100554")

    inside(bring)


def approved(inside):
    return inside(
        lambda: set(
            Profile.objects.filter(approved_at__isnull=False).values_list("client__name", flat=True)
        )
    )


def path_of(inside, name, end=""):
    return f"dunning/plan/{inside(lambda: Client.objects.get(name=name).public_id)}/{end}"


def test_the_plan_shows_the_largest_debts_first_with_days_and_sums(visit, book):
    page = visit("dunning/plan/", on=IMPORTED)

    assert page.status_code == 200
    assert [each.forecast.client.name for each in page.context["clients"]] == ["Grand", "Petit"]
    grand = page.context["clients"][0]
    assert [(line.on, line.step, line.numbers, line.asks) for line in grand.lines][:2] == [
        (TOMORROW, "First reminder", "B", False),
        (day(3, 10), "Firm reminder", "B", True),
    ]
    text = text_of(page)
    assert "Nothing leaves before your yes" in text
    assert "3 debts come from your old book" in text
    assert "Say who they are, and agree" in text


def test_a_business_that_owes_nothing_has_no_plan(visit, acme):
    page = visit("dunning/plan/", on=IMPORTED)

    assert "Nobody owes you anything" in text_of(page)


def test_each_mail_reads_as_it_will_on_its_day(visit, inside, book):
    inside(agree_to_all, firm_steps_alone=True)

    page = visit(path_of(inside, "Petit"), on=IMPORTED)

    drafts = {
        (line.on, line.by): line.draft
        for _on, lines in page.context["by_day"]
        for line in lines
        if line.draft
    }
    inside(live_through, IMPORTED, day(3, 12))
    with_words = {on: draft for (on, _by), draft in drafts.items()}
    for message in inside(lambda: list(Message.objects.filter(client__name="Petit"))):
        written = inside(_written, message)
        assert with_words[message.send_on].subject == written.subject
        assert _words(with_words[message.send_on].text) == _words(written.text)
    assert sorted(with_words) == [TOMORROW, day(3, 10), day(3, 17), day(3, 31)]
    assert "61" in with_words[TOMORROW].text  # days late on that day, not today
    assert with_words[TOMORROW].person.email == "compta@morvan.example"


def _written(message):
    from dunning.mails import render_reminder

    with clock.as_of(at(message.send_on)):
        return render_reminder(message)


def _words(text):
    """Without what a link is, which only a message that exists knows."""
    return re.sub(r"\[\[[^]]+\]\]|https://…", "<link>", text)


def test_the_notice_of_the_plan_has_its_sums(visit, inside, book):
    page = visit(path_of(inside, "Petit"), on=IMPORTED)

    (notice,) = (
        line.draft
        for on, lines in page.context["by_day"]
        for line in lines
        if on == day(3, 31) and line.draft
    )
    assert "40,00" in notice.text
    assert "300,00" in notice.text


def test_one_client_is_agreed_to_with_one_click(visit, inside, book):
    answer = visit(path_of(inside, "Grand", "agree/"), {}, on=IMPORTED)

    assert (answer.status_code, approved(inside)) == (302, {"Grand"})
    assert inside(lambda: case_of("B").next_action_on) == TOMORROW


def test_who_a_client_is_must_be_said_before(visit, inside, book):
    refused = visit(path_of(inside, "Petit", "agree/"), {}, on=IMPORTED)
    assert (refused.status_code, approved(inside)) == (422, set())
    assert sorted(refused.context["form"].errors) == ["kind"]

    visit(path_of(inside, "Petit", "agree/"), {"kind": "CONSUMER"}, on=IMPORTED)

    assert approved(inside) == {"Petit"}
    assert inside(lambda: Client.objects.get(name="Petit").kind) == "CONSUMER"


@pytest.mark.parametrize(
    ("said", "agreed"),
    [
        ({}, {"Grand"}),
        ({"others": "BUSINESS"}, {"Grand", "Petit"}),
        ({"kind": "CONSUMER"}, {"Grand", "Petit"}),
    ],
)
def test_all_are_agreed_to_but_those_nobody_knows(visit, inside, book, said, agreed):
    petit = inside(lambda: Client.objects.get(name="Petit").public_id)
    data = {f"kind-{petit}" if name == "kind" else name: value for name, value in said.items()}

    answer = visit("dunning/plan/approve/", data, on=IMPORTED)

    assert (answer.status_code, approved(inside)) == (302, agreed)
    assert answer["Location"].endswith("/dunning/plan/live/")


def test_a_yes_given_twice_is_given_once(visit, inside, book):
    for _each in range(2):
        visit("dunning/plan/approve/", {"others": "BUSINESS"}, on=IMPORTED)

    page = visit("dunning/plan/approve/", on=IMPORTED)
    assert "You have agreed to every client" in text_of(page)


def test_the_page_before_going_live_says_what_the_timer_then_does(visit, inside, acme, owner, book):
    from tenants.services import go_live

    visit("dunning/plan/approve/", {"others": "BUSINESS", "firm_steps_alone": "on"}, on=IMPORTED)
    page = visit("dunning/plan/live/", on=IMPORTED)
    said = {day.first: (day.emails, day.calls) for day in page.context["first_days"]}

    def live():
        with clock.as_of(at(IMPORTED, 12)):
            go_live(tenant=acme, user=owner, now=clock.now())
        live_through(IMPORTED, day(3, 31))
        done = {}
        for on, _client, channel, *_rest in left():
            emails, calls = done.get(on, (0, 0))
            done[on] = (emails + (channel == "EMAIL"), calls + (channel == "CALL"))
        return done

    done = inside(live)
    assert {on: said[on] for on in said if on <= day(3, 31)} == done
    assert said[TOMORROW] == (2, 0)
    assert "2 emails leave first" in text_of(page)


def test_the_plan_is_turned_page_by_page(visit, inside):
    inside(lambda: bring_book(*(old(f"F{n:02}", gross=f"{n + 10}0,00") for n in range(27))))

    page = visit("dunning/plan/", on=IMPORTED)
    first = page.context
    second = visit(f"dunning/plan/{first['page'].older_url}", on=IMPORTED).context
    back = visit(f"dunning/plan/{second['page'].newer_url}", on=IMPORTED).context

    assert [len(each["clients"]) for each in (first, second, back)] == [20, 7, 20]
    names = [[each.forecast.client.name for each in page["clients"]] for page in (first, second)]
    assert (names[0][0], names[1]) == (
        "Client F26",
        [f"Client F0{place}" for place in range(6, -1, -1)],
    )
    assert [each.forecast.client.name for each in back["clients"]] == names[0]
    assert second["page"].older_url == back["page"].newer_url == ""
    assert len(page.content) <= 100 * 1024


@pytest.mark.parametrize("count", [1, 3])
@pytest.mark.parametrize("mode", [Tenant.Mode.TEST, Tenant.Mode.LIVE])
def test_the_plan_costs_the_same_however_many(
    visit, inside, acme, django_assert_num_queries, count, mode
):
    Tenant.objects.update(mode=mode)
    inside(lambda: bring_book(*(old(f"F{n}") for n in range(3 * count))))
    visit("dunning/plan/", on=IMPORTED)  # the ladder is read once a process

    with django_assert_num_queries(FRAME + (11 if mode == Tenant.Mode.TEST else 8)):
        assert visit("dunning/plan/", on=IMPORTED).status_code == 200


# --- the old debts ----------------------------------------------------------------------------


def test_the_start_page_asks_for_each_age_and_names_the_debts(visit, book):
    page = visit("dunning/start/", on=IMPORTED)

    text = text_of(page)
    assert [bucket.age.key for bucket, _field in page.context["rows"]] == ["not_due", "31_60"]
    assert "Not due yet 1 1" in text
    assert "31 to 60 days late 2 2" in text
    assert "Grand" in text


def test_the_answers_lead_to_the_plan(visit, inside, book):
    answer = visit("dunning/start/", {"not_due": "NOTHING", "31_60": "REMINDERS"}, on=IMPORTED)

    assert answer["Location"].endswith("/dunning/plan/")
    steps = inside(lambda: dict(Case.objects.values_list("invoice__number", "entry_step")))
    assert steps == {"A": "FIRM", "B": "FIRM", "C": ""}
    page = visit("dunning/plan/", on=IMPORTED)
    assert page.context["unanswered"] == 0
    assert page.context["clients"][0].lines[0].step == "Last reminder and call"


@pytest.mark.parametrize("said", ["", "REMINDER", "SHOUTED"])
def test_an_answer_nobody_can_give_is_refused_and_nothing_changes(visit, inside, book, said):
    answer = visit("dunning/start/", {"not_due": said, "31_60": "NOTHING"}, on=IMPORTED)

    assert answer.status_code == 422
    assert "not_due" in answer.context["form"].errors
    assert inside(lambda: Case.objects.exclude(entered_on=None).count()) == 0


def test_one_debt_is_answered_on_its_own_page(visit, inside, book):
    case = inside(lambda: case_of("A").public_id)
    assert "Say what was sent before" in text_of(visit(f"dunning/cases/{case}/", on=IMPORTED))

    visit(f"dunning/cases/{case}/enter/", {"answer": "LEAVE"}, on=IMPORTED)

    assert inside(lambda: case_of("A").silence) == "PAUSED"
    page = visit("dunning/plan/", on=IMPORTED)
    assert [each.why for each in page.context["clients"][1].forecast.silent] == ["Paused."]


def test_good_payers_are_accepted_with_one_click(visit, inside):
    lines = [old(f"G{n}", client="Good", late=120 + n, paid="4") for n in range(3)]
    inside(lambda: bring_book(*lines, old("G", client="Good", late=4)))
    assert "4 days late" in text_of(visit("dunning/start/", on=IMPORTED))

    visit("dunning/start/good-payers/", {}, on=IMPORTED)

    assert inside(lambda: Profile.objects.get().first_word_after_days) == 7
    assert "Good payers" not in text_of(visit("dunning/start/", on=IMPORTED))


def test_a_business_without_old_debts_is_told_so(visit, acme):
    assert "No old debt waits for your word." in text_of(visit("dunning/start/", on=IMPORTED))
