"""What dunning shows on a client's and on an invoice's page; a fixed number of queries each."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from clients.models import Client
from clients.panels import ClientPanel, ListColumn, register_list_column, register_panel
from dunning.case_facts import read_facts
from dunning.ladder_rows import standard_policy
from dunning.models import Approval, Case, Dispute, Pause, Policy, Profile, Promise, Reminder
from dunning.planning import decide_case
from dunning.policy import Act, AwaitApproval, Decision
from dunning.queries import next_by_client
from dunning.reasons import Reason
from dunning.words import CHIPS, day_name, ladder_name, sentence, step_name, what_next
from invoices.models import Invoice, Receivable
from invoices.panels import InvoicePanel
from invoices.panels import register_panel as register_invoice_panel
from invoices.services.fees import CLAIMS
from tenants.clock import today

ZERO = Decimal(0)


@dataclass(frozen=True, slots=True)
class DoneStep:
    """A step that was taken."""

    reminder: Reminder
    name: str


@dataclass(slots=True)
class CaseRow:
    """One debt of an invoice: what comes next or why nothing does, and what was done."""

    case: Case
    next_line: str
    chip: str
    may_step: bool
    is_unmailed: bool
    approval: Approval | None = None
    done: list[DoneStep] = field(default_factory=list)
    pauses: list[Pause] = field(default_factory=list)
    promises: list[Promise] = field(default_factory=list)
    disputes: list[Dispute] = field(default_factory=list)

    @property
    def open_dispute(self) -> Dispute | None:
        return next((each for each in self.disputes if each.state == Dispute.State.OPEN), None)


def register_panels() -> None:
    register_panel(
        ClientPanel(
            key="dunning", template="dunning/_client_panel.html", data=client_panel, order=10
        )
    )
    register_list_column(
        ListColumn(
            key="dunning", label=gettext_lazy("Next reminder"), cells=next_cells, css="hide-m"
        )
    )
    register_invoice_panel(
        InvoicePanel(
            key="dunning", template="dunning/_invoice_panel.html", data=invoice_panel, place="TOP"
        )
    )


def next_cells(client_ids: Sequence[int]) -> Mapping[int, str]:
    """The day and step that come next for each client; one query."""
    return {
        client_id: f"{day_name(on)} · {step_name(step)}" if step else day_name(on)
        for client_id, (on, step) in next_by_client(client_ids).items()
    }


def client_panel(client: Client) -> Mapping[str, Any]:
    """Ladder, preferences, pause, promises and disputes of a client."""
    profile = Profile.objects.select_related("policy").filter(client=client).first()
    policy: Policy | None = profile.policy if profile else None
    policy = policy or (standard_policy() if Policy.objects.exists() else None)
    rows = case_rows(list(_cases().filter(client=client, state=Case.State.OPEN)))
    return {
        "profile": profile,
        "is_approved": bool(profile and profile.approved_at),
        "ladder": ladder_name(policy.key, policy.name) if policy else "",
        "pause": next((row for row in _pauses(client_id=client.pk) if row.case_id is None), None),
        "rows": rows,
        "preferences": list(_preferences(profile)),
    }


def invoice_panel(invoice: Invoice) -> Mapping[str, Any] | None:
    """What comes next for an invoice and why, what was done, and the late fees claimed."""
    cases = list(_cases().filter(invoice=invoice))
    if not cases:
        return None
    return {"rows": case_rows(cases), "invoice": invoice, "fees": fees_of(invoice.pk)}


def fees_of(invoice_id: int) -> list[Receivable]:
    """Interest and indemnities claimed about an invoice."""
    fees = Receivable.objects.filter(invoice_id=invoice_id, kind__in=CLAIMS)
    return list(fees.order_by("id"))


def case_rows(cases: Sequence[Case]) -> list[CaseRow]:
    """Cases as pages show them, decided at this moment; a fixed number of queries."""
    day = today()
    facts = read_facts([case.pk for case in cases], today=day)
    rows = {}
    for case in cases:
        decision = decide_case(case, facts[case.pk], today=day)
        rows[case.pk] = CaseRow(
            case=case,
            next_line=what_next(decision, day),
            chip=CHIPS.get(decision.reason, "") if decision.reason else "",
            may_step=_may_step(decision) and case.receivable.balance > ZERO,
            is_unmailed=decision.reason == Reason.NOT_MAILED,
        )
    _fill(rows)
    return list(rows.values())


def _cases() -> QuerySet[Case]:
    rows = Case.objects.select_related("invoice", "receivable", "client", "policy")
    return rows.order_by("receivable__due_on", "id")


def _may_step(decision: Decision) -> bool:
    if isinstance(decision, Act):
        return not decision.step.is_formal_notice
    if isinstance(decision, AwaitApproval):
        return False
    return decision.reason == Reason.NOT_YET


def _fill(rows: Mapping[int, CaseRow]) -> None:
    reminders = Reminder.objects.filter(case_id__in=rows).select_related("message")
    for reminder in reminders.exclude(state=Reminder.State.CANCELLED).order_by("id"):
        rows[reminder.case_id].done.append(DoneStep(reminder, step_name(reminder.step)))
    for approval in Approval.objects.filter(case_id__in=rows, state=Approval.State.ASKED):
        row = rows[approval.case_id]
        row.approval, row.chip = approval, "AWAITING_APPROVAL"
        row.next_line = sentence(Reason.AWAITING_APPROVAL, step=approval.step)
        row.may_step = False
    for promise in Promise.objects.filter(case_id__in=rows).order_by("id"):
        rows[promise.case_id].promises.append(promise)
    contested = Dispute.objects.filter(case_id__in=rows).exclude(state=Dispute.State.WITHDRAWN)
    for dispute in contested.order_by("id"):
        rows[dispute.case_id].disputes.append(dispute)
    clients = {row.case.client_id for row in rows.values()}
    by_case: dict[int | None, list[Pause]] = defaultdict(list)
    for pause in Pause.objects.filter(client_id__in=clients, ended_on=None).order_by("id"):
        by_case[pause.case_id].append(pause)
    for pk, each in rows.items():
        each.pauses = by_case[pk]


def _pauses(*, client_id: int) -> list[Pause]:
    return list(Pause.objects.filter(client_id=client_id, ended_on=None).order_by("id"))


def _preferences(profile: Profile | None) -> list[str]:
    if profile is None:
        return []
    said = [
        (profile.firm_steps_alone, _("Firm reminders leave alone.")),
        (profile.no_pre_due, _("No word before the due date.")),
        (
            bool(profile.first_word_after_days),
            _("First word %(days)s days after the due date.")
            % {"days": profile.first_word_after_days},
        ),
        (profile.never_remind, _("Never reminded.")),
    ]
    return [words for holds, words in said if holds]
