"""Old debts: what was issued elsewhere and is chased from here, by age, with what was said of it.

Read only; `dunning.services.entering` writes the owner's answers.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from django.conf import settings
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import translation
from django.utils.translation import gettext as translated
from django.utils.translation import gettext_lazy as _

from core.errors import gettext_noop
from dunning.going_live import rehearsed
from dunning.models import Case, Pause, Reminder
from invoices.models import Invoice
from tenants.models import Tenant
from tenants.prepared import fetch_prepared
from tenants.scope import current_tenant, scoped_tenant_id

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

NAMED: Final = 50  # debts of a bucket shown by name, the largest first
NOTHING, REMINDER, REMINDERS, NOTICE, LEAVE = (
    "NOTHING",
    "REMINDER",
    "REMINDERS",
    "NOTICE",
    "LEAVE",
)
AS_SAID = "AS_SAID"
# The step each answer leaves behind the debt; every ladder has them.
STEP_OF: Final = {NOTHING: "", REMINDER: "FIRST", REMINDERS: "FIRM", NOTICE: "FORMAL_NOTICE"}
ANSWERS: Final[dict[str, StrOrPromise]] = {
    NOTHING: _("Nothing yet"),
    REMINDER: _("A reminder"),
    REMINDERS: _("Several reminders"),
    NOTICE: _("A formal notice"),
    LEAVE: _("Don’t chase"),
}
_LEFT_ALONE: Final = gettext_noop("You said not to chase this old debt.")


@dataclass(frozen=True, slots=True)
class Age:
    """A class of lateness in days, both ends included; `most` None is open-ended."""

    key: str
    label: StrOrPromise
    least: int
    most: int | None

    @property
    def answers(self) -> list[str]:
        """What may be said of it: of what is not due, no reminder has been sent."""
        return [NOTHING, LEAVE] if self.key == "not_due" else list(ANSWERS)


AGES: Final = (
    Age("not_due", _("Not due yet"), -10_000, 0),
    Age("1_15", _("1 to 15 days late"), 1, 15),
    Age("16_30", _("16 to 30 days late"), 16, 30),
    Age("31_60", _("31 to 60 days late"), 31, 60),
    Age("61_90", _("61 to 90 days late"), 61, 90),
    Age("91", _("More than 90 days late"), 91, None),
)


class OldDebt(NamedTuple):
    """One old debt; `answer` is what the owner has said of it, empty if he has not been asked."""

    case: int
    client: int
    public_id: str
    number: str
    name: str
    due_on: dt.date
    balance: Decimal
    currency: str
    answer: str

    @property
    def answer_label(self) -> StrOrPromise:
        return ANSWERS.get(self.answer, "")


@dataclass(slots=True)
class Bucket:
    """The old debts of one age."""

    age: Age
    debts: list[OldDebt] = field(default_factory=list)

    @property
    def clients(self) -> int:
        return len({debt.client for debt in self.debts})

    @property
    def sums(self) -> list[tuple[str, Decimal]]:
        """What they come to, by currency."""
        sums: dict[str, Decimal] = defaultdict(Decimal)
        for debt in self.debts:
            sums[debt.currency] += debt.balance
        return sorted(sums.items())

    @property
    def named(self) -> list[OldDebt]:
        return self.debts[:NAMED]

    @property
    def unnamed(self) -> int:
        return max(len(self.debts) - NAMED, 0)

    @property
    def answer(self) -> str:
        """What the owner has said of all of them; AS_SAID if it was not the same of each."""
        said = {debt.answer for debt in self.debts}
        return (said.pop() or NOTHING) if len(said) == 1 else AS_SAID


def old_cases() -> QuerySet[Case]:
    """Open cases of imported invoices of which nothing has been said from here."""
    spoken_of = Reminder.objects.filter(case=OuterRef("pk")).exclude(state=Reminder.State.CANCELLED)
    if current_tenant().mode == Tenant.Mode.TEST:
        spoken_of = spoken_of.exclude(pk__in=rehearsed().values("pk"))
    return Case.objects.filter(
        ~Exists(spoken_of),
        state=Case.State.OPEN,
        invoice__origin=Invoice.Origin.IMPORTED,
        receivable__plan=None,
        receivable__balance__gt=0,
    )


def unanswered() -> QuerySet[Case]:
    """Old debts of which the owner has not said yet what was sent before."""
    return old_cases().filter(entered_on=None)


def left_alone() -> QuerySet[Pause]:
    """The pauses that the answer "don't chase" has made, and that still run."""
    return Pause.objects.filter(ended_on=None, until=None, reason__in=_reasons())


def left_alone_because() -> str:
    """What such a pause says, in the reader's language."""
    return translated(_LEFT_ALONE)


def old_debts(cases: QuerySet[Case] | None = None) -> list[OldDebt]:
    """The old debts, the largest first; one query."""
    rows = old_cases() if cases is None else cases
    rows = rows.annotate(is_left=Exists(left_alone().filter(case=OuterRef("pk"))))
    found: Iterable[tuple[Any, ...]] = rows.order_by("-receivable__balance", "pk").values_list(
        "pk",
        "client_id",
        "public_id",
        "invoice__number",
        "client__name",
        "receivable__due_on",
        "receivable__balance",
        "receivable__currency",
        "entry_step",
        "entered_on",
        "is_left",
    )
    return [
        OldDebt._make([*row[:2], str(row[2]), row[3] or "", *row[4:8], _answer(*row[8:])])
        for row in found
    ]


def buckets(debts: Iterable[OldDebt], *, today: dt.date) -> list[Bucket]:
    """The debts sorted by age; ages without any are left out."""
    found = {age.key: Bucket(age) for age in AGES}
    for debt in debts:
        found[age_of(debt.due_on, today).key].debts.append(debt)
    return [bucket for bucket in found.values() if bucket.debts]


def age_of(due_on: dt.date, today: dt.date) -> Age:
    days = (today - due_on).days
    return next(age for age in AGES if age.most is None or days <= age.most)


@dataclass(frozen=True, slots=True)
class GoodPayer:
    """A client who pays by himself, a little late: `usual` days after the due date (median)."""

    client_id: int
    public_id: str
    name: str
    paid: int
    usual: int

    @property
    def first_word(self) -> int:
        """The first word after so many days: three more than he usually takes, at least five."""
        return max(self.usual + 3, 5)


# A day of payment that the file did not know is the day of the import: it says nothing.
_GOOD: Final = """
WITH imports AS MATERIALIZED (
    SELECT DISTINCT (a.at AT TIME ZONE %(zone)s)::date AS day FROM tenants_auditentry a
    WHERE a.tenant_id = %(tenant)s::bigint AND a.act = 'import_receivables'),
habits AS (
    SELECT r.client_id, count(*) AS paid,
        percentile_disc(0.5) WITHIN GROUP (ORDER BY r.settled_on - r.due_on) AS usual
    FROM invoices_receivable r
    JOIN invoices_invoice i ON i.tenant_id = r.tenant_id AND i.id = r.invoice_id
    WHERE r.tenant_id = %(tenant)s::bigint AND i.origin = 'IMPORTED' AND r.kind = 'INSTALLMENT'
        AND r.plan_id IS NULL
        AND r.balance = 0 AND r.settled_on NOT IN (SELECT day FROM imports)
    GROUP BY r.client_id
    HAVING count(*) >= %(least)s
        AND percentile_disc(0.5) WITHIN GROUP (ORDER BY r.settled_on - r.due_on) <= %(late)s)
SELECT k.id, k.public_id::text, k.name, h.paid, h.usual
FROM habits h
JOIN clients_client k ON k.tenant_id = %(tenant)s::bigint AND k.id = h.client_id
LEFT JOIN dunning_profile p ON p.tenant_id = k.tenant_id AND p.client_id = k.id
WHERE coalesce(p.first_word_after_days, 0) = 0 AND p.never_remind IS NOT TRUE
    AND EXISTS (
        SELECT FROM dunning_case c
        WHERE c.tenant_id = k.tenant_id AND c.client_id = k.id AND c.state = 'OPEN')
ORDER BY k.search_key, k.id LIMIT %(most)s
"""
LEAST_PAID: Final = 3  # invoices, before one speaks of a habit
MOST_LATE: Final = 7  # days
MOST_SHOWN: Final = 100


def good_payers() -> list[GoodPayer]:
    """Clients whose imported history says that they pay by themselves; one query.

    At least `LEAST_PAID` invoices paid on known days, half of them `MOST_LATE` days late or less.
    """
    given = {
        "tenant": scoped_tenant_id(),
        "zone": current_tenant().time_zone,
        "least": LEAST_PAID,
        "late": MOST_LATE,
        "most": MOST_SHOWN,
    }
    return [GoodPayer(*row) for row in fetch_prepared(_GOOD, given)]


def _answer(step: str, entered_on: dt.date | None, is_left: bool) -> str:
    if is_left:
        return LEAVE
    if entered_on is None:
        return ""
    return next((answer for answer, behind in STEP_OF.items() if behind == step), NOTHING)


def _reasons() -> Sequence[str]:
    """The reason in each language: it is kept in the one of who answered."""
    found = []
    for language, _name in settings.LANGUAGES:
        with translation.override(language):
            found.append(left_alone_because())
    return found
