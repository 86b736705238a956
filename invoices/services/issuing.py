"""Issuing: one short transaction that takes a number and freezes everything."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from functools import partial
from typing import Final

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.queries import contact_of
from core.references import rf_reference
from core.search import search_key
from invoices.agreed_terms import terms_of
from invoices.documents.mentions import MentionFacts, frozen_mentions, mention_keys
from invoices.mention_texts import mention_facts, mention_text
from invoices.models import Invoice, Receivable, Series
from invoices.numbering import take_number
from invoices.parties import frozen_buyer, frozen_seller
from invoices.services.drafts import LineInput, NotADraft, line_inputs, lock_invoice, totals_of
from invoices.services.issue_checks import CannotIssue, check_lines, check_parties
from invoices.signals import invoice_issued
from invoices.terms import caps_for, check_due
from invoices.terms import due_on as due_date
from legal.law import Law, read_law
from tenants.announce import announce
from tenants.audit import record
from tenants.bulk import insert_rows
from tenants.models import Business, User
from tenants.rows import read_row, update_row
from tenants.scope import current_tenant, tenant_atomic
from tenants.wake import wake

# what issuing writes on a draft; the database lets none of it change afterwards
ISSUED_COLUMNS: Final = (
    "kind", "corrects", "state", "series", "number", "issued_on", "due_on", "total_net",
    "total_vat", "total_gross", "vat_breakdown", "seller", "buyer", "mentions", "search_key",
    "issued_at", "issued_by",
)  # fmt: skip


@tenant_atomic()
def issue_invoice(
    *, invoice: Invoice, today: dt.date, now: dt.datetime, user: User | None
) -> Invoice:
    """Number the draft, freeze parties, texts, rates and totals, and make it a receivable.

    The invoice is dated `today`; its due date follows from its terms and is held to the legal cap
    of the client's kind (C. com. L441-10). The PDF is rendered after the commit.

    Raises:
        NotADraft: it was issued meanwhile: issuing twice is issuing once.
        CannotIssue: the business or the client lacks a mandatory mention.
        TermsNotLawful: the due date is beyond the legal cap.
    """
    client = read_row(Client, "id = %(id)s::bigint FOR NO KEY UPDATE", {"id": invoice.client_id})
    draft = lock_invoice(invoice.pk)
    if draft.state != Invoice.State.DRAFT:
        raise NotADraft(_("This invoice is already issued."))
    business = read_row(Business, "true", {})
    lines, law = line_inputs(draft), law_for(draft, business, today)
    check_parties(business, client)
    check_lines(lines, business=business, client=client, law=law)
    draft.issued_on = today
    draft.due_on = _due_on(draft, client, law)
    freeze(draft, client, business, lines=lines, law=law)
    draft.series, draft.number = take_number(kind=Series.Kind.INVOICE, issued_on=today)
    finish(draft, client, user=user, now=now)
    if draft.total_gross > 0:
        receivable = {
            "client_id": client.pk,
            "invoice_id": draft.pk,
            "amount": draft.total_gross,
            "currency": draft.currency,
            "due_on": draft.due_on,
            "reference": rf_reference(draft.number),
        }
        insert_rows(Receivable, [receivable])
    announce(invoice_issued, sender=Invoice, invoice_id=draft.pk)
    return draft


def check_issue(*, invoice: Invoice, today: dt.date) -> dt.date:
    """Say whether a draft could be issued today, and when it would fall due; nothing is written.

    Raises:
        CannotIssue, TermsNotLawful, MissingExemption: what stands in the way, in a sentence.
    """
    client, business = invoice.client, Business.objects.get()
    lines = line_inputs(invoice)
    law = law_for(invoice, business, today)
    check_parties(business, client)
    check_lines(lines, business=business, client=client, law=law)
    invoice.issued_on = today
    mention_keys(mention_facts(invoice, client, business, lines))
    return _due_on(invoice, client, law)


def law_for(draft: Invoice, business: Business, day: dt.date) -> Law:
    """The law of that day, in the language of the document and where the business is."""
    return read_law(day, language=draft.language, territory=business.vat_territory)


def freeze(
    draft: Invoice, client: Client, business: Business, *, lines: Sequence[LineInput], law: Law
) -> None:
    """Copy onto the document what it must say for ever."""
    totals = totals_of(lines, draft.currency)
    person = contact_of(client.pk)
    draft.total_net, draft.total_vat, draft.total_gross = totals.net, totals.vat, totals.gross
    draft.vat_breakdown = [
        {"category": part.category, "rate": part.rate, "base": part.base, "vat": part.vat}
        for part in totals.by_rate
    ]
    draft.seller = frozen_seller(business, current_tenant())
    draft.buyer = frozen_buyer(client, person)
    facts: MentionFacts = mention_facts(draft, client, business, lines)
    text = partial(mention_text, business=business, law=law)
    draft.mentions = [
        {"key": mention.key, "text": mention.text} for mention in frozen_mentions(facts, text=text)
    ]


def finish(draft: Invoice, client: Client, *, user: User | None, now: dt.datetime) -> None:
    """The last strokes that every numbered document shares."""
    draft.state = Invoice.State.ISSUED
    draft.issued_at, draft.issued_by = now, user
    draft.search_key = search_key(f"{draft.number} {client.name} {draft.order_reference}")
    update_row(draft, ISSUED_COLUMNS)
    record(
        act="issue",
        subject=draft,
        user=user,
        at=now,
        after={"number": draft.number, "gross": str(draft.total_gross)},
    )
    wake("invoices.tasks.render_document", invoice_id=draft.pk)


def _due_on(draft: Invoice, client: Client, law: Law) -> dt.date:
    terms = None if draft.terms == "FIXED" else terms_of(draft.terms)
    if terms is None and draft.due_on is None:
        raise CannotIssue(_("Say on which date the invoice falls due."))
    due = due_date(terms, law.day) if terms else draft.due_on
    caps = caps_for(client.kind, law.threshold)
    check_due(due or law.day, issued_on=law.day, caps=caps, terms=terms)
    return due or law.day
