"""Writing what is said to clients: words by step and language, lines from the rows of now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.template.loader import render_to_string
from django.utils import translation

from clients.kinds import Rendered
from clients.letters import write_letter
from clients.models import Client, Message, Person
from clients.queries import contact_of
from core.money import format_money
from dunning.ladder_rows import ladder_of
from dunning.models import Case, Dispute, Notice, Reminder
from dunning.notices import notice_of
from dunning.policy import Severity, StepRule
from invoices.documents.wording import long_date
from invoices.plugs import pay_placeholder
from tenants.clock import today
from tenants.scope import current_tenant

ZERO = Decimal(0)
DRAFT_LINK = "https://…"
_WORDS = {
    Severity.COMING: "coming",
    Severity.COURTEOUS: "courteous",
    Severity.FIRM: "firm",
    Severity.LAST_CALL: "last_call",
    Severity.FORMAL_NOTICE: "notice",
}
_READ = (
    "policy_id", "invoice__number", "receivable__client_id", "receivable__due_on",
    "receivable__balance", "receivable__currency",
)  # fmt: skip
_LATE_TITLE = {"fr": "À régler", "en": "To pay"}


@dataclass(frozen=True, slots=True)
class Words:
    """A letter's own words, around the lines that every letter shares."""

    subject: str
    opening: str
    closing: str


@dataclass(frozen=True, slots=True)
class Line:
    """One debt as the client reads it."""

    number: str
    due_on: str
    amount: str
    days: int


def render_reminder(message: Message) -> Rendered:
    """Say what is late and what is coming, in the tone of the hardest step."""
    cases = _cases([*message.facts["late"], *message.facts["coming"]])
    late = [cases[pk] for pk in message.facts["late"] if pk in cases]
    coming = [cases[pk] for pk in message.facts["coming"] if pk in cases]
    planned = _planned(message)
    step = _hardest_step(message, [*late, *coming], planned)
    words = _WORDS[step.severity] if late and step else "coming"
    extra = {"asks_rest": any(row.snapshot.get("asks_rest") for row in planned)}
    return _letter(message, words, late=late, coming=coming, step=step, extra=extra)


def render_notice(message: Message) -> Rendered:
    """Announce the formal notice that is attached, with its total and its deadline."""
    return write_notice_mail(message, notice_of(message))


def write_notice_mail(message: Message, notice: Notice) -> Rendered:
    """The email that carries a notice; neither has to be saved."""
    cases = list(_cases(message.facts["late"]).values())
    language = message.language
    total = format_money(notice.total, notice.currency, language)
    extra = {
        "late": _claims(message, notice),
        "interest": _shown(notice.interest, notice.currency, language),
        "indemnity": _shown(notice.indemnity, notice.currency, language),
        "late_total": total,
        "total": total,
        "deadline_on": long_date(notice.deadline_on, language),  # type: ignore[arg-type]
    }
    attachments = [(notice.document, notice.file_name)] if notice.document else []
    step = _hardest_step(message, cases, _planned(message))
    return _letter(message, "notice", late=cases, step=step, extra=extra, attachments=attachments)


def render_thanks(message: Message) -> Rendered:
    """Thank for what is settled; asks for nothing."""
    cases = list(_cases(message.facts["cases"]).values())
    return _letter(message, "thanks", about=cases)


def render_dispute_resolved(message: Message) -> Rendered:
    """Tell the client what was decided about what they contested."""
    dispute = Dispute.objects.select_related("case").get(pk=message.facts["dispute"])
    cases = list(_cases([dispute.case_id]).values())
    extra = {"resolution": dispute.resolution}
    return _letter(message, "dispute", about=cases, extra=extra)


def _letter(
    message: Message,
    words: str,
    *,
    late: Sequence[Case] = (),
    coming: Sequence[Case] = (),
    about: Sequence[Case] = (),
    step: StepRule | None = None,
    extra: dict[str, Any] | None = None,
    attachments: Sequence[Any] = (),
) -> Rendered:
    asked = [*late, *coming]
    role = step.contact_role.value if step else Person.Role.BILLING.value
    person = message.person or contact_of(message.client.pk, role=role)
    context = {
        **_facts(message, person, asked or list(about)),
        "late": [_line(case, message.language) for case in late],
        "coming": [_line(case, message.language) for case in coming],
        "late_title": _LATE_TITLE[message.language],
        "late_total": _total(late, message.language),
        "pay_url": _pay_url(message, asked),
        **(extra or {}),
    }
    context["words"] = _read_words(words, message.language, context)
    return write_letter(
        template="emails/dunning/letter",
        language=message.language,
        context=context,
        person=person,
        attachments=attachments,
    )


def _facts(message: Message, person: Person | None, cases: Sequence[Case]) -> dict[str, Any]:
    client = message.client
    first = cases[0] if cases else None
    return {
        "one": len(cases) == 1,
        "number": first.invoice.number if first else "",
        "due_on": long_date(first.receivable.due_on, message.language) if first else "",  # type: ignore[arg-type]
        "seller": current_tenant().name,
        "greeting": _greeting(person, message.language),
        "is_business": client.kind == Client.Kind.BUSINESS,
    }


def _greeting(person: Person | None, language: str) -> str:
    hello = "Bonjour" if language == "fr" else "Hello"
    return f"{hello} {person.name}," if person and person.name else f"{hello},"


def _line(case: Case, language: str) -> Line:
    receivable = case.receivable
    return Line(
        number=case.invoice.number or "",
        due_on=long_date(receivable.due_on, language),  # type: ignore[arg-type]
        amount=format_money(receivable.balance, receivable.currency, language),
        days=max((today() - receivable.due_on).days, 0),
    )


def _claims(message: Message, notice: Notice) -> list[Line]:
    """Return what a notice claims of each debt itself, without interest or indemnity."""
    lines = []
    for claim in notice.claims:
        due_on = dt.date.fromisoformat(str(claim["due_on"]))
        principal = Decimal(claim["principal"])
        line = Line(
            number=claim["number"] or "",
            due_on=long_date(due_on, message.language),  # type: ignore[arg-type]
            amount=format_money(principal, notice.currency, message.language),
            days=max((today() - due_on).days, 0),
        )
        if principal:
            lines.append(line)
    return lines


def _shown(amount: Decimal, currency: str, language: str) -> str:
    """Return an amount as text; empty for none."""
    return format_money(amount, currency, language) if amount else ""


def _total(cases: Iterable[Case], language: str) -> str:
    """The sum asked for; empty when the currencies differ, since they do not add up."""
    receivables = [case.receivable for case in cases]
    currencies = {receivable.currency for receivable in receivables}
    if len(currencies) != 1:
        return ""
    total = sum((receivable.balance for receivable in receivables), ZERO)
    return format_money(total, currencies.pop(), language)


def _read_words(name: str, language: str, context: dict[str, Any]) -> Words:
    with translation.override(language):
        text = render_to_string(f"emails/dunning/words/{name}_{language}.txt", context)
    subject, opening, closing = (part.strip() for part in text.split("\n---\n"))
    return Words(subject, opening, closing)


def _cases(ids: Iterable[int]) -> dict[int, Case]:
    rows = Case.objects.select_related("invoice", "receivable").only(*_READ)
    return {case.pk: case for case in rows.filter(pk__in=list(ids)).order_by("receivable__due_on")}


def _planned(message: Message) -> list[Reminder]:
    """The steps that a message takes; a draft of one (for a preview) takes none yet."""
    if message._state.adding:  # noqa: SLF001 -- a draft has a public id, and no row
        return []
    taken = Reminder.objects.filter(message=message).exclude(state=Reminder.State.CANCELLED)
    return list(taken.order_by("id"))


def _pay_url(message: Message, cases: Sequence[Case]) -> str | None:
    """The one link of a message; a draft shows where it will stand."""
    if not cases:
        return None
    if message._state.adding:  # noqa: SLF001
        return DRAFT_LINK
    return pay_placeholder(message, [case.receivable for case in cases])


def _hardest_step(
    message: Message, cases: Sequence[Case], planned: Iterable[Reminder]
) -> StepRule | None:
    """The hardest step still on the message: a dropped line takes its tone with it."""
    taken = {reminder.case_id: reminder.step for reminder in planned}
    steps = []
    for case in cases:
        ladder = ladder_of(case.policy_id)
        wanted = taken.get(case.pk, message.facts.get("step", ""))
        place = ladder.places.get(wanted)
        steps.append(ladder.steps[place if place is not None else 0])
    return max(steps, key=lambda step: step.severity, default=None)
