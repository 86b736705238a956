"""Preparing formal notices: claimed and numbered in one transaction, printed after it.

The mail waits (its gate holds it) until the PDF exists; if anything about its lines has changed by
then, the notice is withdrawn and its claims are waived, because a wrong notice must not leave.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import F, QuerySet
from django.utils.translation import gettext as _

from clients.models import Message
from dunning.claims import Claim, claim_of, given_up
from dunning.models import Approval, Case, Notice, Reminder
from dunning.notice_letters import letter_data
from invoices.ledger import lock_client
from invoices.models import Receivable, Series
from invoices.numbering import take_number
from invoices.services import claim_late_fees, waive
from legal.queries import threshold
from tenants.files import store_file
from tenants.scope import tenant_atomic

ZERO = Decimal(0)
FORMAL_NOTICE = "FORMAL_NOTICE"
LETTER = "FORMAL_NOTICE_LETTER"


def prepare_notices(*, today: dt.date, now: dt.datetime) -> int:
    """Prepare every formal notice that waits for its PDF; under the identity, outside a scope."""
    with tenant_atomic():
        waiting = list(unprepared().values_list("pk", flat=True))
    for message_id in waiting:
        prepare_notice(message_id=message_id, today=today, now=now)
    return len(waiting)


def prepare_notice(*, message_id: int, today: dt.date, now: dt.datetime) -> None:
    """Claim, number, print and attach one notice; a second time only finishes what is missing."""
    with tenant_atomic():
        message = Message.objects.select_related("client").get(pk=message_id)
        lock_client(message.client.pk)
        notice = notice_of_or_none(message) or _write_notice(message, today)
        if notice is None or notice.document_id is not None:
            return
        notice.refresh_from_db()  # claims as JSON keeps them
        letter = letter_data(notice)
    from invoices.documents.render import render_letter  # noqa: PLC0415 -- seconds to import

    content = render_letter(letter)
    with tenant_atomic():
        stored = store_file(content=content, name=notice.file_name, media_type="application/pdf")
        Notice.objects.filter(pk=notice.pk, document=None).update(document=stored)


def unprepared() -> QuerySet[Message]:
    """The lead message of each notice without a PDF: the email, or the letter without one."""
    done = Notice.objects.exclude(document=None).values("message_id")
    waiting = Message.objects.filter(
        kind__in=[FORMAL_NOTICE, LETTER],
        state__in=[Message.State.QUEUED, Message.State.TODO],
        reminders__isnull=False,
    )
    return waiting.exclude(pk__in=done).distinct().order_by("pk")


def notice_of(message: Message) -> Notice:
    return Notice.objects.select_related("document").get(message=message)


def notice_of_or_none(message: Message) -> Notice | None:
    return Notice.objects.select_related("document").filter(message=message).first()


def withdraw(notice: Notice, *, today: dt.date, now: dt.datetime) -> None:
    """Take back a notice that has not left: what is open of its own claims is waived.

    What was waived by this is claimed afresh by the next notice; what somebody waived is not.
    """
    if notice.withdrawn_at is not None or was_posted(notice):
        return
    claimed = [pk for line in notice.claims for pk in line["receivables"]]
    open_claims = list(Receivable.objects.filter(pk__in=claimed, balance__gt=0))
    notice.withdrawn_at, notice.given_up = now, [each.pk for each in open_claims]
    notice.save(update_fields=["withdrawn_at", "given_up"])
    for receivable in open_claims:
        waive(
            receivable=receivable,
            reason=_("The formal notice did not leave."),
            today=today,
            now=now,
            user=None,
        )


def was_posted(notice: Notice) -> bool:
    """Whether it has left by post, whatever becomes of the email of the same day."""
    letters = Message.objects.filter(
        client_id=notice.client_id,
        kind=LETTER,
        send_on=notice.message.send_on,
        state=Message.State.DONE,
    )
    return letters.exists()


def has_changed(notice: Notice, case_ids: set[int]) -> bool:
    """Whether the notice no longer says what is owed by its lines."""
    if {line["case"] for line in notice.claims} != case_ids:
        return True
    claimed = [pk for line in notice.claims for pk in line["receivables"]]
    if Receivable.objects.filter(pk__in=claimed).exclude(balance=F("amount")).exists():
        return True
    stood = {int(pk): Decimal(x) for line in notice.claims for pk, x in line["standing"].items()}
    stands = dict(Receivable.objects.filter(pk__in=stood).values_list("pk", "balance"))
    balances = dict(Case.objects.filter(pk__in=case_ids).values_list("pk", "receivable__balance"))
    return stands != stood or any(
        Decimal(line["remaining"]) != balances[line["case"]] for line in notice.claims
    )


@dataclass(frozen=True, slots=True)
class Ticks:
    """What the owner claims of one debt."""

    principal: bool
    late_fees: bool
    indemnity: bool

    @property
    def any(self) -> bool:
        return self.principal or self.late_fees or self.indemnity


def claim_line(
    case: Case, claim: Claim, ticks: Ticks, *, made: Sequence[Receivable]
) -> dict[str, object]:
    """One line of a notice: what is claimed of one debt, as it is frozen."""
    receivable = case.receivable
    return {
        "case": case.pk,
        "number": case.invoice.number,
        "issued_on": case.invoice.issued_on,
        "due_on": receivable.due_on,
        "gross": str(receivable.amount - receivable.replaced),
        "paid": str(receivable.amount - receivable.replaced - receivable.balance),
        "remaining": str(receivable.balance),
        "principal": str(receivable.balance if ticks.principal else ZERO),
        "interest": str(claim.interest if ticks.late_fees else ZERO),
        "interest_settled": str(claim.interest_settled if ticks.late_fees else ZERO),
        "segments": _segments(claim) if ticks.late_fees else [],
        "per_day": str(claim.statement.per_day if ticks.late_fees else ZERO),
        "reserved_from": claim.reserved_from if ticks.late_fees else None,
        "indemnity": str(claim.indemnity if ticks.indemnity else ZERO),
        "receivables": [each.pk for each in made],
        "standing": {str(pk): str(balance) for pk, balance in claim.standing.items()},
    }


def notice_from(lines: Sequence[dict[str, Any]], *, today: dt.date, **facts: Any) -> Notice:
    """A notice of these lines with its sums and its deadline, not saved."""
    delay = int(threshold("FORMAL_NOTICE_DELAY_BUSINESS", today))
    reserved = [line["reserved_from"] for line in lines if line["reserved_from"]]
    days = [dt.date.fromisoformat(str(day)) for day in reserved]  # frozen lines carry texts
    return Notice(
        written_on=today,
        deadline_on=today + dt.timedelta(days=delay),
        principal=_sum(lines, "principal"),
        interest=_sum(lines, "interest"),
        indemnity=_sum(lines, "indemnity"),
        reserved_from=min(days, default=None),
        claims=list(lines),
        **facts,
    )


def _write_notice(message: Message, today: dt.date) -> Notice | None:
    reminders = Reminder.objects.filter(message=message, state=Reminder.State.PLANNED)
    cases = Case.objects.select_related("invoice", "receivable__client").filter(
        pk__in=reminders.values("case_id"), receivable__balance__gt=0
    )
    lines = [_claimed(case, today) for case in cases.order_by("receivable__due_on", "id")]
    if not lines:
        return None
    _series, number = take_number(kind=Series.Kind.NOTICE, issued_on=today)
    notice = notice_from(
        lines,
        today=today,
        client_id=message.client_id,
        message=message,
        number=number,
        language=message.language,
        currency=cases[0].receivable.currency,
    )
    notice.save()
    return notice


def _claimed(case: Case, today: dt.date) -> dict[str, object]:
    """Claim what the owner ticked for one debt, and freeze it."""
    yes = Approval.objects.filter(
        case=case, step=FORMAL_NOTICE, state=Approval.State.GRANTED
    ).latest("id")
    ticks = Ticks(yes.claims_principal, yes.claims_late_fees, yes.claims_indemnity)
    claim = claim_of(case.receivable, today=today)
    made = claim_late_fees(
        receivable=case.receivable,
        interest=claim.whole_interest if ticks.late_fees else ZERO,
        indemnity=claim.whole_indemnity if ticks.indemnity else ZERO,
        today=today,
        user=yes.answered_by,
        withdrawn=given_up(case.client_id),
    )
    return claim_line(case, claim, ticks, made=made)


def _segments(claim: Claim) -> list[dict[str, object]]:
    return [
        {
            "base": str(segment.base),
            "rate": str(segment.rate),
            "from_on": segment.from_on,
            "to_on": segment.to_on,
            "days": segment.days,
            "amount": str(segment.amount),
        }
        for segment in claim.statement.segments
    ]


def _sum(lines: Sequence[dict[str, Any]], name: str) -> Decimal:
    return sum((Decimal(str(line[name])) for line in lines), ZERO)
