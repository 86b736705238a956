"""Writing what is said to clients: words by step and language, lines from the rows of now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Iterable, Mapping, Sequence
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
from dunning.blank_values import greeting, values_of
from dunning.blanks import filled
from dunning.case_facts import KnownCase, read_cases
from dunning.ladder_rows import ladder_of
from dunning.models import Dispute, Notice, Reminder
from dunning.notices import notice_of
from dunning.own_words import LETTERS, Letter, Texts, wording_of
from dunning.policy import StepRule
from invoices.documents.wording import long_date
from invoices.plugs import DOORS, Owed, doors_beside, pay_placeholder
from tenants.clock import today

ZERO = Decimal(0)
DRAFT_LINK = "https://…"
_NOTICE, _DISPUTE = "NOTICE", "DISPUTE"  # letters that have no other words than ours
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
    return write_reminder(message, cases, _planned(message))


def write_reminder(
    message: Message,
    cases: Mapping[int, KnownCase],
    planned: Sequence[Reminder],
    *,
    trial: Texts | None = None,
) -> Rendered:
    """The same of cases that were read already, with the steps that the message takes.

    `trial` are words to try instead of those in use.
    """
    late, coming = _blocks(message, cases)
    step = _hardest_step(message, [*late, *coming], planned)
    letter = _tone(step) if late else Letter.COMING
    extra = {"asks_rest": any(row.snapshot.get("asks_rest") for row in planned)}
    return _letter(message, letter, late=late, coming=coming, step=step, extra=extra, trial=trial)


def letter_of(
    message: Message, cases: Mapping[int, KnownCase], planned: Sequence[Reminder]
) -> Letter:
    """Which letter `write_reminder` writes."""
    late, coming = _blocks(message, cases)
    step = _hardest_step(message, [*late, *coming], planned)
    return _tone(step) if late else Letter.COMING


def write_example(
    message: Message, letter: Letter, cases: Sequence[KnownCase], trial: Texts
) -> Rendered:
    """A letter about these debts as if its day had come; for words that no message has yet."""
    if letter == Letter.THANKS:
        return _letter(message, letter, about=cases, trial=trial)
    if letter == Letter.COMING:
        return _letter(message, letter, coming=cases, trial=trial)
    return _letter(message, letter, late=cases, trial=trial)


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
    return _letter(message, _NOTICE, late=cases, step=step, extra=extra, attachments=attachments)


def render_thanks(message: Message) -> Rendered:
    """Thank for what is settled; asks for nothing."""
    cases = list(_cases(message.facts["cases"]).values())
    return _letter(message, Letter.THANKS, about=cases)


def render_dispute_resolved(message: Message) -> Rendered:
    """Tell the client what was decided about what they contested."""
    dispute = Dispute.objects.select_related("case").get(pk=message.facts["dispute"])
    cases = list(_cases([dispute.case_id]).values())
    extra = {"resolution": dispute.resolution}
    return _letter(message, _DISPUTE, about=cases, extra=extra)


def _letter(
    message: Message,
    letter: str,
    *,
    late: Sequence[KnownCase] = (),
    coming: Sequence[KnownCase] = (),
    about: Sequence[KnownCase] = (),
    step: StepRule | None = None,
    extra: dict[str, Any] | None = None,
    attachments: Sequence[Any] = (),
    trial: Texts | None = None,
) -> Rendered:
    asked = [*late, *coming]
    role = step.contact_role.value if step else Person.Role.BILLING.value
    person = message.person or contact_of(message.client.pk, role=role)
    pay_url = _pay_url(message, asked)
    context = {
        **_facts(message, person, asked or list(about)),
        "letter": letter,
        "late": [_line(case, message.language) for case in late],
        "coming": [_line(case, message.language) for case in coming],
        "late_title": _LATE_TITLE[message.language],
        "late_total": _total(late, message.language),
        "pay_url": pay_url,
        "doors": _doors(pay_url),
        **(extra or {}),
    }
    if letter in (_NOTICE, _DISPUTE):
        context["words"] = _read_words(letter, message.language, context)
    else:
        values = values_of(message, person, late or coming or about, is_late=bool(late))
        context["words"] = _words(message, letter, values, trial)
    return write_letter(
        template="emails/dunning/letter",
        language=message.language,
        context=context,
        person=person,
        attachments=attachments,
    )


def _words(message: Message, letter: str, values: Mapping[str, str], trial: Texts | None) -> Words:
    texts = trial or wording_of(message.client_id, letter, message.language).texts
    return Words(
        subject=" ".join(filled(texts.subject, values).split()),
        opening=filled(texts.opening, values),
        closing=filled(texts.closing, values),
    )


def _blocks(
    message: Message, cases: Mapping[int, KnownCase]
) -> tuple[list[KnownCase], list[KnownCase]]:
    late, coming = (
        [cases[pk] for pk in message.facts[block] if pk in cases] for block in ("late", "coming")
    )
    return late, coming


def _tone(step: StepRule | None) -> Letter:
    return LETTERS[step.severity] if step else Letter.COMING


def _facts(message: Message, person: Person | None, cases: Sequence[KnownCase]) -> dict[str, Any]:
    """What letters of our own words say; and who the client is."""
    first = cases[0] if cases else None
    return {
        "one": len(cases) == 1,
        "number": first.number if first else "",
        "greeting": greeting(person, message.language),
        "is_business": message.client.kind == Client.Kind.BUSINESS,
    }


def _line(case: KnownCase, language: str) -> Line:
    facts = case.facts
    return Line(
        number=case.number,
        due_on=long_date(facts.due_on, language),  # type: ignore[arg-type]
        amount=format_money(facts.balance, facts.currency, language),
        days=max((today() - facts.due_on).days, 0),
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


def _total(cases: Sequence[KnownCase], language: str) -> str:
    """The sum asked for; empty when the currencies differ, since they do not add up."""
    currencies = {case.facts.currency for case in cases}
    if len(currencies) != 1:
        return ""
    total = sum((case.facts.balance for case in cases), ZERO)
    return format_money(total, currencies.pop(), language)


def _read_words(letter: str, language: str, context: dict[str, Any]) -> Words:
    with translation.override(language):
        text = render_to_string(f"emails/dunning/words/{letter.lower()}_{language}.txt", context)
    subject, opening, closing = (part.strip() for part in text.split("\n---\n"))
    return Words(subject, opening, closing)


def _cases(ids: Collection[int]) -> dict[int, KnownCase]:
    """Cases by their ids, the oldest due first."""
    found = read_cases(ids, today=today()).values()
    return {case.pk: case for case in sorted(found, key=lambda case: (case.facts.due_on, case.pk))}


def _planned(message: Message) -> list[Reminder]:
    """The steps that a message takes; a draft of one (for a preview) takes none yet."""
    if message._state.adding:  # noqa: SLF001 -- a draft has a public id, and no row
        return []
    taken = Reminder.objects.filter(message=message).exclude(state=Reminder.State.CANCELLED)
    return list(taken.order_by("id"))


def _pay_url(message: Message, cases: Sequence[KnownCase]) -> str | None:
    """The one link of a message; a draft shows where it will stand."""
    if not cases:
        return None
    if message._state.adding:  # noqa: SLF001
        return DRAFT_LINK
    return pay_placeholder(message, [_owed(case) for case in cases])


def _doors(pay_url: str | None) -> dict[str, str]:
    """The client's three doors; a draft shows where they will stand, as for the link to pay."""
    return dict.fromkeys(DOORS, DRAFT_LINK) if pay_url == DRAFT_LINK else doors_beside(pay_url)


def _owed(case: KnownCase) -> Owed:
    facts = case.facts
    return Owed(case.receivable_id, case.client_id, facts.due_on, facts.currency)


def _hardest_step(
    message: Message, cases: Sequence[KnownCase], planned: Iterable[Reminder]
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
