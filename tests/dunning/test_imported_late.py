"""A debt that was late long before it was imported: the ladder from its first step, with gaps."""

import datetime as dt

import pytest

from dunning.ladder_rows import write_shipped_ladders
from dunning.ladders import SHIPPED
from dunning.models import Approval, Case
from dunning.services import approve_ladder
from tenants import clock
from tests.dunning.policy.late_case import DUE, ONE_DAY, a_case, live
from tests.factories.dunning import at, day, run_until, steps_of
from tests.invoices.importing.imports import bring_in, row

SIXTY_DAYS = 60 * ONE_DAY
IMPORTED = day(3, 2)


@pytest.mark.parametrize(
    ("ladder", "lived"),
    [
        ("STANDARD", ["09-14 FIRST", "09-21 FIRM", "09-28 LAST_CALL"]),
        ("PATIENT", ["09-14 FIRST", "09-24 FIRM", "10-05 LAST_CALL"]),
        (
            "FIRM",
            [
                "09-14 FIRST",
                "09-17 FIRST_CALL",
                "09-21 FIRM",
                "09-24 FIRM_CALL",
                "09-28 LAST",
                "10-01 LAST_CALL",
            ],
        ),
    ],
)
def test_however_late_it_is_it_starts_at_the_first_reminder_and_keeps_the_gaps(ladder, lived):
    old = a_case(due_on=DUE - SIXTY_DAYS, mailed_on=DUE - 90 * ONE_DAY)

    # no formal notice without the owner's yes, however long nobody answers
    assert live(old, "09-14", "12-31", ladder=SHIPPED[ladder], yes=False) == lived


def test_a_book_imported_sixty_days_late_is_dunned_from_the_first_step(in_acme):
    write_shipped_ladders()
    with clock.as_of(at(IMPORTED)):
        bring_in(
            row(issued="01/12/2025", due="31/12/2025", email="compta@morvan.example"),
            today=IMPORTED,
            now=at(IMPORTED),
        )
    case = Case.objects.select_related("client").get()
    assert (case.entry_step, case.mailed_on) == ("", dt.date(2025, 12, 1))

    approve_ladder(
        client=case.client, user=None, today=IMPORTED, now=at(IMPORTED), firm_steps_alone=True
    )
    run_until(day(4, 30), first=IMPORTED)

    assert steps_of(case) == [("FIRST", 1), ("FIRM", 1), ("LAST_CALL", 1)]
    taken = case.reminders.order_by("id").values_list("taken_on", flat=True)
    assert list(taken) == [day(3, 2), day(3, 9), day(3, 16)]
    asked = Approval.objects.get(case=case)
    assert (asked.step, asked.state) == ("FORMAL_NOTICE", "ASKED")
