"""Where the lines of the worklist come from: a query for each, and what its rows ask for."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Exists, OuterRef, Q, Sum
from django.utils.translation import gettext as _

from clients.kinds import kind_label
from clients.models import Client, Message, Person
from dunning.models import Approval, Case
from dunning.todo import (
    ANSWERS,
    PLAN_ACCEPTED,
    PLAN_DECLINED,
    PROBLEM,
    PROMISE,
    SAYS_PAID,
)
from invoices.models import Receivable
from payments.models import Payment
from reports import places, plan_lines
from reports.together import Day, Query, Row
from reports.words import day_name, money_text, step_name
from reports.worklist import CAP, Debt, Task

State, Channel = Message.State, Message.Channel
ONE_DAY = dt.timedelta(days=1)
WAITING = (State.TODO, State.AMBIGUOUS, State.FAILED, State.BOUNCED)  # has an index of its own
REFUSED_SHOWN_FOR = dt.timedelta(days=14)
# how useful a line is to reach a client whose mail is refused: a call, if there is a number
SEE_WHY, ADD_ADDRESS, CALL_THEM, ADD_ADDRESS_FIRST = range(4)
# what clients answer behind the link: colour and icon; the words are the kind's own
_ANSWERS = {
    SAYS_PAID: ("due", "message-circle"),
    PROMISE: ("promise", "handshake"),
    PROBLEM: ("dispute", "message-square-warning"),
    PLAN_ACCEPTED: ("promise", "split"),
    PLAN_DECLINED: ("dispute", "split"),
}


@dataclass(frozen=True, slots=True)
class Source:
    """What is read for a day, and the lines that its rows become."""

    query: Callable[[Day], Query]
    tasks: Callable[[Sequence[Row]], list[Task]]


def _approvals_query(today: Day) -> Query:
    rows: Query = (
        Approval.objects.filter(state=Approval.State.ASKED, case__receivable__balance__gt=0)
        .order_by("-case__receivable__balance", "id")
        .values(
            "pk",
            "public_id",
            "step",
            *_debt_columns("case__receivable__"),
            *_client_columns("case__"),
        )[:CAP]
    )
    return rows


def _approvals(rows: Sequence[Row]) -> list[Task]:
    """Steps that a human must agree to: one line per client and step."""
    found: dict[tuple[Any, str], list[Row]] = {}
    for row in rows:
        found.setdefault((row["case__client__public_id"], row["step"]), []).append(row)
    return [_approval(step, lines) for (_client, step), lines in found.items()]


def _approval(step: str, lines: Sequence[Row]) -> Task:
    is_notice = step == "FORMAL_NOTICE"
    numbers = ", ".join(sorted({row["case__receivable__invoice__number"] for row in lines}))
    # A notice takes in every debt of the client; other steps are agreed to one by one.
    is_one_page = is_notice or len(lines) == 1
    return Task(
        group="approvals",
        colour="notice" if is_notice else "due",
        icon="gavel" if is_notice else "mail-check",
        kind=_("To approve"),
        title=lines[0]["case__client__name"],
        url=places.client(lines[0]["case__client__public_id"]),
        why=_("%(step)s, ready for you to read · %(numbers)s")
        % {"step": step_name(step), "numbers": numbers},
        action_url=(places.approval(lines[0]["public_id"]) if is_one_page else places.approvals()),
        action_label=_("Read and decide"),
        debts=tuple(_debt(row, "case__receivable__") for row in lines),
        # a notice has boxes to tick: it is answered on its own page
        approval_id=lines[0]["pk"] if is_one_page and not is_notice else None,
    )


def _messages_query(today: Day) -> Query:
    refused = Q(
        state__in=[State.FAILED, State.BOUNCED], created_at__date__gte=today - REFUSED_SHOWN_FOR
    )
    return (
        Message.objects.filter(
            Q(state=State.TODO) & (Q(send_on=None) | Q(send_on__lte=today))
            | Q(state=State.AMBIGUOUS)
            | refused,
            state__in=WAITING,
            client__isnull=False,
        )
        .order_by("id")
        .values(
            "public_id", "kind", "channel", "state", "facts", "reason", "client__public_id",
            "client__name",
        )[:CAP]
    )  # fmt: skip


def _messages(rows: Sequence[Row]) -> list[Task]:
    """Calls to make, letters to post, decisions to take, mails in doubt or refused.

    A refused mail that somebody is asked to ring about is shown as that call only.
    """
    called_about = {row["facts"].get("about") for row in rows if row["state"] == State.TODO}
    shown = [row for row in rows if str(row["public_id"]) not in called_about]
    debts = _debts_of_cases({pk for row in shown for pk in _case_ids(row)})
    return [_message(row, [debts[pk] for pk in _case_ids(row) if pk in debts]) for row in shown]


def _message(row: Mapping[str, Any], debts: list[Debt]) -> Task:
    group, colour, icon, label, action = _look(row)
    is_call = group == "calls"
    place = places.answer if group == "answers" else places.message
    target = place(row["public_id"])
    return Task(
        group=group,
        colour=colour,
        icon=icon,
        kind=str(kind_label(row["kind"]) or label),
        title=row["client__name"],
        url=places.client(row["client__public_id"]),
        why=_why(row, label),
        action_url=places.call(row["client__public_id"], row["public_id"]) if is_call else target,
        action_label=action,
        debts=tuple(debts),
        is_bad=row["state"] in (State.AMBIGUOUS, State.FAILED, State.BOUNCED),
        subject=_reaching(row) if _is_about_reaching(row) else "",
        usefulness=CALL_THEM if is_call else SEE_WHY,
    )


def _is_about_reaching(row: Mapping[str, Any]) -> bool:
    """Whether a line says that mail does not arrive: a refused one, or the call because of it."""
    return row["state"] in (State.FAILED, State.BOUNCED) or "about" in row["facts"]


def _reaching(row: Mapping[str, Any]) -> str:
    return f"reach {row['client__public_id']}"


def _why(row: Mapping[str, Any], label: str) -> str:
    """What the owner should know before clicking."""
    facts = row["facts"]
    for name, words in (
        ("paid_on", _("Says it was paid on %(day)s")),
        ("promised_for", _("Will pay on %(day)s")),
    ):
        if name in facts:
            return words % {"day": day_name(dt.date.fromisoformat(facts[name]))}
    return row["reason"] or str(kind_label(row["kind"]) or label)


def _look(row: Mapping[str, Any]) -> tuple[str, str, str, str, str]:
    """Group, colour, icon, kind, and what the button says."""
    if row["state"] == State.AMBIGUOUS:
        return "mails", "due", "mail-warning", _("In doubt"), _("Decide")
    if row["state"] in (State.FAILED, State.BOUNCED):
        return "mails", "overdue", "mail-x", _("Not delivered"), _("See why")
    if row["kind"] in ANSWERS:
        return "answers", *_ANSWERS[row["kind"]], str(kind_label(row["kind"])), _("Look")
    if row["channel"] == Channel.CALL:
        return "calls", "overdue", "phone", _("Call to make"), _("Call")
    if row["kind"] == "HAND_OVER":
        return "approvals", "notice", "scale", _("Decision to take"), _("Decide")
    return "letters", "notice", "file-text", _("Letter to post"), _("Print and post")


def _failed_query(today: Day) -> Query:
    rows: Query = (
        Case.objects.filter(
            state=Case.State.OPEN, failures__gt=0, next_action_on__lte=today + ONE_DAY
        )
        .order_by("id")
        .values(
            "failed_why",
            "invoice__public_id",
            *_debt_columns("receivable__"),
            *_client_columns(""),
        )[:CAP]
    )
    return rows


def _failed(rows: Sequence[Row]) -> list[Task]:
    """Cases that the last run could not decide and has put off until tomorrow, with the reason."""
    return [
        Task(
            group="mails",
            colour="overdue",
            icon="triangle-alert",
            kind=_("Reminder not decided"),
            title=row["client__name"],
            url=places.client(row["client__public_id"]),
            why=_("The reminder could not be decided: %(why)s") % {"why": row["failed_why"]},
            action_url=places.invoice(row["invoice__public_id"]),
            action_label=_("Look"),
            debts=(_debt(row, "receivable__"),),
            is_bad=True,
        )
        for row in rows
    ]


def _unreachable_query(today: Day) -> Query:
    """By client first: there are fewer of them than amounts, and few whom nobody can write to."""
    reachable = Person.objects.filter(
        client_id=OuterRef("pk"), bounced_at=None, removed_at=None
    ).exclude(email="")
    phoned = Person.objects.filter(client_id=OuterRef("client_id"), removed_at=None).exclude(
        phone=""
    )
    owed = Receivable.objects.filter(client_id=OuterRef("pk"), balance__gt=0)
    clients = Client.objects.filter(~Exists(reachable), Exists(owed)).order_by("id")[:CAP]
    rows: Query = (
        Receivable.objects.filter(client_id__in=clients.values("pk"), balance__gt=0)
        .annotate(has_phone=Exists(phoned))
        .order_by("due_on", "id")
        .values(*_debt_columns(""), *_client_columns(""), "has_phone")[:CAP]
    )
    return rows


def _unreachable(rows: Sequence[Row]) -> list[Task]:
    """Clients who owe and have no working address."""
    return [
        Task(
            group="mails",
            colour="due",
            icon="mail-x",
            kind=_("No address"),
            title=lines[0]["client__name"],
            url=places.client(lines[0]["client__public_id"]),
            why=_("No working email address: reminders cannot leave"),
            action_url=places.client(lines[0]["client__public_id"]),
            action_label=_("Add an address"),
            debts=tuple(_debt(row, "") for row in lines),
            subject=_reaching(lines[0]),
            usefulness=ADD_ADDRESS if lines[0]["has_phone"] else ADD_ADDRESS_FIRST,
        )
        for lines in _by_client(rows)
    ]


def _credit_query(today: Day) -> Query:
    owed = Receivable.objects.filter(
        client_id=OuterRef("client_id"), currency=OuterRef("currency"), balance__gt=0
    )
    return (
        Payment.objects.filter(Exists(owed), unallocated__gt=0)
        .values("client__public_id", "client__name", "currency")
        .annotate(idle=Sum("unallocated"))
        .order_by("-idle")[:CAP]
    )


def _credit(rows: Sequence[Row]) -> list[Task]:
    """Money received that is set against nothing although the client owes."""
    return [
        Task(
            group="credit",
            colour="sent",
            icon="banknote",
            kind=_("Credit to allocate"),
            title=row["client__name"],
            url=places.client(row["client__public_id"]),
            why=_("%(amount)s received is set against no invoice")
            % {"amount": money_text(row["idle"], row["currency"])},
            action_url=places.client(row["client__public_id"]),
            action_label=_("Allocate"),
        )
        for row in rows
    ]


def _debt_columns(path: str) -> tuple[str, ...]:
    columns = ("pk", "balance", "currency", "due_on", "invoice__number")
    return tuple(f"{path}{column}" for column in columns)


def _client_columns(path: str) -> tuple[str, ...]:
    return (f"{path}client__public_id", f"{path}client__name")


def _debt(row: Mapping[str, Any], path: str) -> Debt:
    return Debt(
        row[f"{path}pk"], row[f"{path}balance"], row[f"{path}currency"], row[f"{path}due_on"]
    )


def _by_client(rows: Iterable[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    found: dict[Any, list[Mapping[str, Any]]] = {}
    for row in rows:
        found.setdefault(row["client__public_id"], []).append(row)
    return list(found.values())


def _case_ids(row: Mapping[str, Any]) -> list[int]:
    facts = row["facts"]
    return [*facts.get("late", []), *([facts["case"]] if "case" in facts else [])]


def _debts_of_cases(case_ids: set[int]) -> dict[int, Debt]:
    rows = Case.objects.filter(pk__in=case_ids, receivable__balance__gt=0)
    return {
        row["pk"]: _debt(row, "receivable__")
        for row in rows.values("pk", *_debt_columns("receivable__"))
    }


SOURCES: Final = (
    Source(_approvals_query, _approvals),
    Source(_messages_query, _messages),
    Source(_failed_query, _failed),
    Source(_unreachable_query, _unreachable),
    Source(_credit_query, _credit),
    Source(plan_lines.missed_query, plan_lines.missed),
    Source(plan_lines.unanswered_query, plan_lines.unanswered),
)
