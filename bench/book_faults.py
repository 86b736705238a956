"""What must never happen to a client, counted from the mails that a server really received."""

from __future__ import annotations

import datetime as dt
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain

from core.calendar import is_business_day

CAP = 2
CAP_DAYS = dt.timedelta(days=7)
COUNTED = frozenset({"REMINDER", "FORMAL_NOTICE"})
DUNNING = COUNTED | {"PRE_DUE"}


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail as it arrived: its own date, mailbox, and the invoice numbers in its text.

    `kind` and `steps` (number, step, cycle) are what the sender's row of that Message-ID says.
    """

    day: dt.date
    mailbox: str
    message_id: str
    kind: str
    numbers: frozenset[str]
    steps: tuple[tuple[str, str, int], ...] = ()

    @property
    def is_dunning(self) -> bool:
        return self.kind in DUNNING


def faults_of(
    mails: Sequence[Mail], *, paid_on: Mapping[str, dt.date], disputed: Iterable[str]
) -> dict[str, int]:
    """Count the faults. `paid_on`, by number, is booked in the morning, before anything leaves."""
    dunning = [mail for mail in mails if mail.is_dunning]
    contested = frozenset(disputed)
    return {
        "after_payment": sum(
            number in paid_on and paid_on[number] <= mail.day
            for mail in dunning
            for number in mail.numbers
        ),
        "about_a_dispute": sum(len(mail.numbers & contested) for mail in dunning),
        "about_nothing": sum(not mail.numbers for mail in dunning),
        "same_mail_twice": _surplus(mail.message_id for mail in mails),
        "same_step_twice": _surplus(chain.from_iterable(mail.steps for mail in mails)),
        "two_on_a_day": _surplus((mail.mailbox, mail.day) for mail in dunning),
        "on_a_day_off": sum(not is_business_day(mail.day) for mail in mails),
        "above_the_cap": _above_the_cap(mails),
    }


def _surplus(found: Iterable[object]) -> int:
    return sum(count - 1 for count in Counter(found).values())


def _above_the_cap(mails: Iterable[Mail]) -> int:
    """How many reminders came within seven days of the last but one to the same mailbox."""
    days = defaultdict(list)
    for mail in mails:
        if mail.kind in COUNTED:
            days[mail.mailbox].append(mail.day)
    return sum(
        later - earlier < CAP_DAYS
        for received in map(sorted, days.values())
        for earlier, later in zip(received, received[CAP:], strict=False)
    )
