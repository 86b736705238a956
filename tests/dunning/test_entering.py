"""Where an old debt enters its ladder: what the owner says he has sent before."""

import pytest

from clients.models import Client
from dunning.entering import buckets, good_payers, old_debts, unanswered
from dunning.models import Case, Pause, Profile, Reminder
from dunning.services import accept_good_payers, enter_debt, enter_debts
from dunning.services.entering import CannotEnter
from tenants.models import AuditEntry
from tests.dunning.old_book import (
    IMPORTED,
    SAID,
    TOMORROW,
    UNKNOWN,
    agree_to_all,
    bring_book,
    case_of,
    live_through,
    old,
)
from tests.factories.dunning import day, late_case, steps_of, taken


@pytest.fixture
def book(in_acme):
    """A debt of several ages, each of a client of its own."""
    bring_book(old("N", late=-5), old("A", late=3), old("B", late=20), old("C", late=75))


def answers():
    return {debt.number: debt.answer for debt in old_debts()}


def test_old_debts_are_sorted_by_age_with_their_sums_and_clients(book):
    found = buckets(old_debts(), today=IMPORTED)

    assert [(each.age.key, len(each.debts), each.clients, each.sums) for each in found] == [
        ("not_due", 1, 1, [("EUR", 1200)]),
        ("1_15", 1, 1, [("EUR", 1200)]),
        ("16_30", 1, 1, [("EUR", 1200)]),
        ("61_90", 1, 1, [("EUR", 1200)]),
    ]
    assert [each.answer for each in found] == ["NOTHING"] * 4


@pytest.mark.parametrize(
    ("late", "key"),
    [
        (0, "not_due"),
        (1, "1_15"),
        (15, "1_15"),
        (16, "16_30"),
        (30, "16_30"),
        (31, "31_60"),
        (60, "31_60"),
        (61, "61_90"),
        (90, "61_90"),
        (91, "91"),
    ],
)
def test_an_age_holds_both_its_ends(in_acme, late, key):
    bring_book(old("A", late=late))

    assert [each.age.key for each in buckets(old_debts(), today=IMPORTED)] == [key]


@pytest.mark.parametrize(
    ("answer", "steps"),
    [
        ("NOTHING", ["FIRST", "FIRM", "LAST_CALL", "FORMAL_NOTICE"]),
        ("REMINDER", ["FIRM", "LAST_CALL", "FORMAL_NOTICE"]),
        ("REMINDERS", ["LAST_CALL", "FORMAL_NOTICE", "HAND_OVER"]),
        ("NOTICE", ["HAND_OVER"]),
        ("LEAVE", []),
    ],
)
def test_the_answer_sets_the_step_that_comes_next(in_acme, answer, steps):
    bring_book(old("A", late=75))
    enter_debts(answers={"61_90": answer}, **SAID)
    agree_to_all(firm_steps_alone=True)

    live_through(IMPORTED, day(4, 2))

    assert [step for step, _cycle in steps_of(case_of("A"))] == steps


def test_an_age_without_an_answer_is_left_as_it_is(book):
    assert enter_debts(answers={"16_30": "REMINDER", "61_90": "AS_SAID"}, **SAID) == 1

    assert answers() == {"N": "", "A": "", "B": "REMINDER", "C": ""}
    assert unanswered().count() == 3


def test_an_answer_may_be_changed_until_something_leaves(book):
    enter_debts(answers={"61_90": "LEAVE"}, **SAID)
    assert (answers()["C"], case_of("C").silence) == ("LEAVE", "PAUSED")

    enter_debts(answers={"61_90": "REMINDERS"}, **SAID)

    assert (answers()["C"], case_of("C").entry_step) == ("REMINDERS", "FIRM")
    assert Pause.objects.filter(ended_on=None).count() == 0


def test_saying_dont_chase_twice_makes_one_pause(book):
    for _each in range(2):
        enter_debts(answers={"61_90": "LEAVE"}, **SAID)

    assert Pause.objects.count() == 1


def test_a_pause_of_the_owners_own_outlives_another_answer(book):
    case = case_of("C")
    Pause.objects.create(client=case.client, case=case, reason="Mine", started_on=IMPORTED)

    enter_debts(answers={"61_90": "REMINDER"}, **SAID)

    assert Pause.objects.get().ended_on is None
    assert answers()["C"] == "REMINDER"


def test_one_debt_is_the_exception_to_its_age(in_acme):
    bring_book(old("A", late=20), old("B", late=25))
    enter_debts(answers={"16_30": "REMINDER"}, **SAID)

    enter_debt(case=case_of("B"), answer="LEAVE", **SAID)

    assert answers() == {"A": "REMINDER", "B": "LEAVE"}
    (bucket,) = buckets(old_debts(), today=IMPORTED)
    assert bucket.answer == "AS_SAID"
    entry = AuditEntry.objects.get(act="enter_old_debt")
    assert (entry.before, entry.after) == ({"answer": "REMINDER"}, {"answer": "LEAVE"})


@pytest.mark.parametrize(("age", "answer"), [("not_due", "REMINDER"), ("16_30", "SHOUTED")])
def test_what_cannot_be_said_of_an_age_is_refused(book, age, answer):
    with pytest.raises(CannotEnter):
        enter_debts(answers={"61_90": "REMINDER", age: answer}, **SAID)

    assert Case.objects.exclude(entry_step="").count() == 0


def test_once_something_was_said_from_here_a_debt_is_on_its_ladder(book):
    taken(case_of("C"), "FIRST", IMPORTED)

    assert "C" not in answers()
    with pytest.raises(CannotEnter):
        enter_debt(case=case_of("C"), answer="NOTICE", **SAID)
    assert case_of("C").entry_step == ""


def test_an_invoice_of_our_own_is_no_old_debt(in_acme, book):
    late_case()

    assert set(answers()) == {"N", "A", "B", "C"}


def test_a_client_who_pays_on_the_day_of_the_import_is_asked_nothing(in_acme):
    bring_book(old("A", late=20))
    bring_book(old("A", late=20, paid="20"))
    agree_to_all()

    live_through(IMPORTED, day(3, 12))

    assert (answers(), Reminder.objects.count()) == ({}, 0)


def test_an_old_debt_starts_on_its_day_of_the_wave(in_acme):
    bring_book(old("A", late=20))
    enter_debts(answers={"16_30": "REMINDER"}, **SAID)

    case = case_of("A")
    assert (case.entry_step, case.entered_on, case.starts_on) == ("FIRST", IMPORTED, TOMORROW)


# --- good payers ------------------------------------------------------------------------------


def history(client, delays, **options):
    """Paid invoices, each so many days after its due date; and one that is open."""
    lines = [
        old(f"{client}{place}", client=client, late=120 + place, paid=str(delay))
        for place, delay in enumerate(delays)
    ]
    return [*lines, old(f"{client}-open", client=client, late=10, **options)]


def proposed():
    return {payer.name: (payer.paid, payer.usual, payer.first_word) for payer in good_payers()}


def test_clients_who_pay_by_themselves_are_proposed_with_their_days(in_acme):
    bring_book(
        *history("Good", [3, 5, 6]),
        *history("Punctual", [-2, 0, 1, 90]),
        *history("Slow", [20, 30, 40]),
        *history("New", [2, 2]),
    )

    assert proposed() == {"Good": (3, 5, 8), "Punctual": (4, 0, 5)}


def test_a_day_of_payment_that_the_file_does_not_know_says_nothing(in_acme):
    lines = [old(f"G{place}", client="Good", late=5, paid=UNKNOWN) for place in range(3)]
    bring_book(*lines, old("G", client="Good", late=4))

    assert proposed() == {}


def test_one_click_accepts_all_and_keeps_the_other_preferences(in_acme):
    bring_book(*history("Good", [3, 5, 6]))
    Profile.objects.update(no_pre_due=True)

    assert accept_good_payers(**SAID) == 1

    profile = Profile.objects.get(client=Client.objects.get(name="Good"))
    assert (profile.first_word_after_days, profile.no_pre_due, profile.never_remind) == (
        8,
        True,
        False,
    )
    assert proposed() == {}
