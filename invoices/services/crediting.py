"""Credit notes: the only way to take back what an issued invoice says."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal

from django.db.models import Exists, OuterRef, Sum
from django.utils.translation import gettext_lazy as _

from clients.models import Client
from core.errors import DomainError
from invoices.ledger import credit_to, lock_client, write_off_from
from invoices.models import Invoice, Receivable, Series
from invoices.numbering import take_number
from invoices.services.drafts import create_invoice, line_inputs
from invoices.services.fees import CLAIMS
from invoices.services.issuing import finish, freeze, law_for
from tenants.audit import record
from tenants.models import Business, User
from tenants.scope import tenant_atomic


class CannotCredit(DomainError):
    """There is nothing left to credit."""


@tenant_atomic()
def credit_invoice(
    *, invoice: Invoice, reason: str, today: dt.date, now: dt.datetime, user: User | None
) -> Invoice:
    """Cancel an issued invoice by a credit note over the whole of it.

    The credit note refers to the invoice by number and date (CGI 289-I-5, CIBS L216-34), shows
    its VAT per rate, and settles its receivables; money already received becomes the client's
    credit. Interest and indemnities still open fall with the invoice they arose from.

    Raises:
        CannotCredit: no reason, not an issued invoice of ours, or already credited.
    """
    if not reason.strip():
        raise CannotCredit(_("Say why this invoice is cancelled: the credit note prints it."))
    lock_client(invoice.client_id)
    original = Invoice.objects.select_for_update().get(pk=invoice.pk)
    _check(original)
    client = Client.objects.get(pk=original.client_id)
    business = Business.objects.select_related("logo").get()
    lines = line_inputs(original)
    note = create_invoice(
        client=client,
        lines=lines,
        user=user,
        terms="ON_RECEIPT",
        currency=original.currency,
        operation=original.operation,
        delivered_on=original.delivered_on,
        order_reference=original.order_reference,
        notes=reason,
        language=original.language,
    )
    note.kind, note.corrects, note.issued_on = Invoice.Kind.CREDIT_NOTE, original, today
    freeze(note, client, business, lines=lines, law=law_for(note, business, today))
    note.series, note.number = take_number(kind=Series.Kind.CREDIT_NOTE, issued_on=today)
    finish(note, client, user=user, now=now)
    _settle(original, note, today)
    _drop_claims(original, note, today)
    original.state = Invoice.State.CANCELLED
    original.save(update_fields=["state"])
    record(
        act="credit",
        subject=original,
        user=user,
        at=now,
        after={"credit_note": note.number, "reason": reason},
    )
    return note


@tenant_atomic()
def cancel_and_redo(
    *, invoice: Invoice, reason: str, today: dt.date, now: dt.datetime, user: User | None
) -> tuple[Invoice, Invoice]:
    """Credit an invoice and open its copy as a draft, in one gesture."""
    note = credit_invoice(invoice=invoice, reason=reason, today=today, now=now, user=user)
    copy = create_invoice(
        client=invoice.client,
        lines=line_inputs(invoice),
        user=user,
        terms=invoice.terms,
        due_on=invoice.due_on if invoice.terms == "FIXED" else None,
        currency=invoice.currency,
        operation=invoice.operation,
        delivered_on=invoice.delivered_on,
        order_reference=invoice.order_reference,
        notes=invoice.notes,
        language=invoice.language,
        copied_from=invoice,
    )
    return note, copy


def _check(original: Invoice) -> None:
    is_ours = original.origin == Invoice.Origin.OWN
    if not is_ours or original.kind == Invoice.Kind.CREDIT_NOTE:
        raise CannotCredit(_("Only an invoice issued here can be cancelled by a credit note."))
    if original.state != Invoice.State.ISSUED:
        raise CannotCredit(_("This invoice is not, or no longer, issued."))


def _settle(original: Invoice, note: Invoice, today: dt.date) -> None:
    """Σ credits ≤ invoice: each receivable is credited what it still may be.

    What a plan replaced is credited on the parts that stand in its place.
    """
    receivables = Receivable.objects.filter(
        invoice=original, kind=Receivable.Kind.INSTALLMENT
    ).order_by("id")
    given_up = receivables.aggregate(sum=Sum("written_off"))["sum"] or Decimal(0)
    if given_up:
        raise CannotCredit(_("Part of this invoice was written off: it cannot be cancelled."))
    for receivable in receivables:
        left = receivable.amount - receivable.credited - receivable.replaced
        if left > 0:
            credit_to(receivable_id=receivable.pk, amount=left, credit_note=note, on=today)


def _drop_claims(original: Invoice, note: Invoice, today: dt.date) -> None:
    claims = Receivable.objects.filter(invoice=original, kind__in=CLAIMS, balance__gt=0)
    for claim in [*claims.order_by("id"), *_pointless_fees(original)]:
        write_off_from(
            receivable_id=claim.pk,
            amount=claim.balance,
            reason=f"{original.number} → {note.number}",
            on=today,
        )


def _pointless_fees(original: Invoice) -> list[Receivable]:
    """The fees of its plans that have nothing left to pay in parts."""
    owed = Receivable.objects.filter(balance__gt=0)
    parts = owed.filter(plan=OuterRef("plan")).exclude(kind=Receivable.Kind.PLAN_FEE)
    fees = owed.filter(
        ~Exists(parts),
        kind=Receivable.Kind.PLAN_FEE,
        plan__receivables__invoice=original,
    )
    return list(fees.distinct().order_by("id"))
