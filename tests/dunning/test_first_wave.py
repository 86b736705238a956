"""The first wave: old debts start a few clients a day, on days that the timer keeps."""

from collections import Counter

import pytest

from clients.models import Client, Message
from dunning import first_wave
from dunning.models import Case, Profile
from dunning.services import approve_plan, enter_debts
from tenants import clock
from tenants.models import Tenant
from tenants.services import go_live
from tests.dunning.old_book import (
    IMPORTED,
    SAID,
    TOMORROW,
    agree_to_all,
    bring_book,
    case_of,
    left,
    live_through,
    old,
)
from tests.factories.dunning import at, day


def many(count, **options):
    return [old(f"F{place:03}", gross=f"{1000 + place},00", **options) for place in range(count)]


def days():
    """How many clients start on each day."""
    rows = Case.objects.exclude(starts_on=None).values_list("starts_on", "client_id")
    return Counter(on for on, _client in set(rows))


@pytest.fixture
def live(in_acme):
    in_acme.mode = Tenant.Mode.LIVE
    in_acme.save()
    return in_acme


def test_a_book_of_late_clients_leaves_twenty_a_day_the_largest_first(live):
    bring_book(*many(45))
    agree_to_all()

    live_through(IMPORTED, day(3, 6))

    sent = Counter(on for on, *_rest in left())
    assert sent == {TOMORROW: 20, day(3, 4): 20, day(3, 5): 5}
    assert (case_of("F044").starts_on, case_of("F000").starts_on) == (TOMORROW, day(3, 5))


def test_the_wave_passes_over_days_off(live):
    clients = many(45)
    bring_book(*clients)
    friday = day(3, 6)

    approve_plan(
        client_ids=list(Client.objects.values_list("pk", flat=True)),
        kinds=dict.fromkeys(Client.objects.values_list("pk", flat=True), "BUSINESS"),
        user=None,
        today=friday,
        now=at(friday),
    )

    assert days() == {day(3, 9): 20, day(3, 10): 20, day(3, 11): 5}


def test_all_the_old_debts_of_a_client_start_together(in_acme):
    bring_book(old("A", client="Morvan"), old("B", client="Morvan", late=5), *many(20))
    agree_to_all()

    assert case_of("A").starts_on == case_of("B").starts_on == TOMORROW


def test_what_is_not_due_or_not_chased_takes_no_place(in_acme):
    bring_book(*many(20), old("N", late=-3, gross="9000,00"), old("L", late=95, gross="9000,00"))
    enter_debts(answers={"91": "LEAVE"}, **SAID)
    agree_to_all()

    assert days() == {TOMORROW: 20}
    assert (case_of("N").starts_on, case_of("L").starts_on) == (None, None)


def test_a_client_agreed_to_alone_keeps_his_day_and_the_others_theirs(live):
    bring_book(*many(45))
    before = first_wave.planned_days(today=IMPORTED)
    alone = case_of("F010")

    approve_plan(client_ids=[alone.client_id], kinds={alone.client_id: "BUSINESS"}, **SAID)

    alone.refresh_from_db()
    assert alone.starts_on == before[alone.pk] == day(3, 4)
    after = first_wave.planned_days(today=IMPORTED)
    assert after == {pk: on for pk, on in before.items() if pk != alone.pk}


def test_agreeing_later_lays_the_wave_from_that_day(live):
    bring_book(*many(3))
    enter_debts(answers={"31_60": "NOTHING"}, **SAID)
    assert days() == {TOMORROW: 3}
    later = day(3, 20)

    ids = list(Client.objects.values_list("pk", flat=True))
    approve_plan(
        client_ids=ids,
        kinds=dict.fromkeys(ids, "BUSINESS"),
        user=None,
        today=later,
        now=at(later),
    )

    assert days() == {day(3, 23): 3}


def test_going_live_lays_the_wave_anew_whatever_was_rehearsed(in_acme, owner):
    bring_book(*many(25))
    agree_to_all()
    live_through(IMPORTED, day(3, 6))
    Message.objects.filter(state="QUEUED").update(state="RETAINED", frozen_at=at(IMPORTED))

    with clock.as_of(at(day(3, 9))):
        go_live(tenant=in_acme, user=owner, now=clock.now())

    assert days() == {day(3, 10): 20, day(3, 11): 5}
    assert Case.objects.filter(next_action_on__lt=day(3, 9)).count() == 0


def test_who_is_not_known_is_left_out_until_the_owner_says_it(in_acme):
    bring_book(*many(2))
    known = case_of("F000").client
    Client.objects.filter(pk=known.pk).update(siren="552100554")

    count = approve_plan(
        client_ids=list(Client.objects.values_list("pk", flat=True)), kinds={}, **SAID
    )

    assert count == 1
    approved = Profile.objects.filter(approved_at__isnull=False)
    assert list(approved.values_list("client_id", flat=True)) == [known.pk]
