"""What dunning shows of a client: the dated ladder and the preferences."""

import pytest

from clients.models import Client
from dunning.models import Profile
from tests.dunning.reading import text_of
from tests.factories.dunning import (
    DUE,
    FIRM_DAY,
    FIRST_DAY,
    LAST_DAY,
    NOTICE_DAY,
    PRE_DUE_DAY,
    day,
    debtor,
    late_case,
    run,
    run_until,
    steps_of,
)


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


@pytest.fixture
def unknown(inside):
    """A debtor of an imported book without SIREN and VAT number, not agreed to yet."""
    case = inside(lambda: late_case(debtor(approved=False)))
    inside(lambda: Client.objects.update(siren=""))
    return case


def test_nothing_leaves_before_the_owner_has_said_what_an_unknown_client_is(visit, inside, unknown):
    path = f"dunning/clients/{inside(lambda: unknown.client.public_id)}/ladder/"

    page = visit(path, {"firm_steps_alone": "on"}, on=day(2, 3))

    assert (page.status_code, sorted(page.context["form"].errors)) == (422, ["kind"])
    assert inside(lambda: Profile.objects.filter(approved_at__isnull=False).count()) == 0
    assert inside(lambda: run(FIRST_DAY)).messages == 0


@pytest.mark.parametrize(
    ("kind", "steps"), [("BUSINESS", ["FIRST", "FIRM"]), ("CONSUMER", ["FIRST"])]
)
def test_what_the_owner_says_decides_whether_firm_words_follow(visit, inside, unknown, kind, steps):
    path = f"dunning/clients/{inside(lambda: unknown.client.public_id)}/ladder/"

    answer = visit(path, {"firm_steps_alone": "on", "kind": kind}, on=PRE_DUE_DAY)
    inside(lambda: run_until(FIRM_DAY, first=FIRST_DAY))

    assert answer.status_code == 302
    assert inside(lambda: [step for step, _cycle in steps_of(unknown)]) == steps
    assert "kind" not in visit(path, on=FIRM_DAY).context["form"].fields


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
