"""Two months of a real book, replayed day by day: what was said, and nothing that must not be."""

import datetime as dt
from collections import Counter

import pytest

from bench.book_faults import Mail, faults_of
from bench.real_book import outcome, play, read_book

FIRST, LAST = dt.date(2022, 6, 22), dt.date(2022, 8, 21)
LATE_PAYERS = {"2621-XCLEH", "1604-LIFKX", "5613-UHVMG", "4460-ZXNDN", "7758-WKLVM", "0783-PEPYR"}
NO_FAULTS = dict.fromkeys(
    [
        "after_payment", "about_a_dispute", "about_nothing", "same_mail_twice", "same_step_twice",
        "two_on_a_day", "on_a_day_off", "above_the_cap", "failed", "violations",
    ],
    0,
)  # fmt: skip


@pytest.mark.slow
def test_two_months_of_late_payers(story, shared_data):
    records = [
        record
        for record in read_book(shared_data / "receivables" / "ar-history.csv")
        if record.buyer.name in LATE_PAYERS and record.issued_on >= FIRST and record.paid_on <= LAST
    ]

    replay = play(records)
    told = outcome(replay, records, [received.message for received in story.sink.received])

    # one of the six is contested; one word is capped, and its money comes before the slot
    assert told == {
        "days": 69,
        "invoices": 6,
        "steps": {"FIRM": 4, "FIRST": 4, "LAST_CALL": 1, "PRE_DUE": 5},
        "approvals": 0,
        "thanks": 6,
        "mails": {"PRE_DUE": 5, "REMINDER": 9, "THANK_YOU": 6},
        "cases_left_open": 0,
        "faults": NO_FAULTS,
    }


PAID = {"11111": dt.date(2022, 8, 30)}


def mail(day, *, kind="REMINDER", numbers=("11111",), message_id=None, steps=()):
    return Mail(
        day=day,
        mailbox="c@clients.example",
        message_id=message_id or f"<{day}-{kind}@mail.example>",
        kind=kind,
        numbers=frozenset(numbers),
        steps=tuple(steps),
    )


TUESDAY = dt.date(2022, 8, 16)
DAY = dt.timedelta(days=1)
FIRST_STEP = ("11111", "FIRST", 1)


@pytest.mark.parametrize(
    ("mails", "faults"),
    [
        ([mail(TUESDAY), mail(TUESDAY + 7 * DAY)], {}),
        ([mail(PAID["11111"])], {"after_payment": 1}),
        ([mail(PAID["11111"], kind="THANK_YOU")], {}),
        ([mail(TUESDAY, numbers=["22222"])], {"about_a_dispute": 1}),
        ([mail(TUESDAY, numbers=[])], {"about_nothing": 1}),
        (
            [mail(TUESDAY, message_id="<1>"), mail(TUESDAY + 7 * DAY, message_id="<1>")],
            {"same_mail_twice": 1},
        ),
        (
            [mail(TUESDAY, steps=[FIRST_STEP]), mail(TUESDAY + DAY, steps=[FIRST_STEP])],
            {"same_step_twice": 1},
        ),
        ([mail(TUESDAY), mail(TUESDAY, kind="PRE_DUE")], {"two_on_a_day": 1}),
        ([mail(TUESDAY + 4 * DAY, kind="THANK_YOU")], {"on_a_day_off": 1}),
        ([mail(dt.date(2022, 8, 15))], {"on_a_day_off": 1}),
        ([mail(TUESDAY + n * DAY) for n in (0, 2, 6)], {"above_the_cap": 1}),
        ([mail(TUESDAY + n * DAY) for n in (0, 2, 7)], {}),
        ([mail(TUESDAY + n * DAY, kind="PRE_DUE") for n in (0, 1, 2)], {}),
    ],
)
def test_each_fault_is_seen_in_what_the_server_received(mails, faults):
    found = faults_of(mails, paid_on=PAID, disputed=["22222"])

    assert Counter(found) == Counter(faults)
