"""Issuing: one short transaction that takes a number and freezes everything."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from functools import partial

from django.utils.translation import gettext_lazy as _

from clients.models import Client
from clients.queries import contact_of
from core.references import rf_reference
from core.search import search_key
from invoices.agreed_terms import terms_of
from invoices.documents.mentions import MentionFacts, frozen_mentions, mention_keys
from invoices.ledger import lock_client
from invoices.mention_texts import mention_facts, mention_text
from invoices.models import Invoice, Receivable, Series
from invoices.numbering import take_number
from invoices.parties import frozen_buyer, frozen_seller
from invoices.services.drafts import NotADraft, line_inputs, totals_of
from invoices.services.issue_checks import CannotIssue, check_lines, check_parties
from invoices.signals import invoice_issued
from invoices.terms import caps_for, check_due
from invoices.terms import due_on as due_date
from legal.queries import threshold
from tenants.announce import announce
from tenants.audit import record
from tenants.models import Business, User
from tenants.scope import current_tenant, tenant_atomic
from tenants.wake import wake


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
    lock_client(invoice.client_id)
    draft = Invoice.objects.select_for_update().get(pk=invoice.pk)
    if draft.state != Invoice.State.DRAFT:
        raise NotADraft(_("This invoice is already issued."))
    client = Client.objects.get(pk=draft.client_id)
    business = Business.objects.select_related("logo").get()
    check_parties(business, client)
    check_lines(line_inputs(draft), business=business, client=client, day=today)
    draft.issued_on = today
    draft.due_on = _due_on(draft, client, today)
    freeze(draft, client, business, today)
    draft.series, draft.number = take_number(kind=Series.Kind.INVOICE, issued_on=today)
    finish(draft, client, user=user, now=now)
    if draft.total_gross > 0:
        Receivable.objects.create(
            client=client,
            invoice=draft,
            amount=draft.total_gross,
            currency=draft.currency,
            due_on=draft.due_on,
            reference=rf_reference(draft.number),
        )
    announce(invoice_issued, sender=Invoice, invoice_id=draft.pk)
    return draft


def check_issue(*, invoice: Invoice, today: dt.date) -> dt.date:
    """Say whether a draft could be issued today, and when it would fall due; nothing is written.

    Raises:
        CannotIssue, TermsNotLawful, MissingExemption: what stands in the way, in a sentence.
    """
    client, business = invoice.client, Business.objects.get()
    lines = line_inputs(invoice)
    check_parties(business, client)
    check_lines(lines, business=business, client=client, day=today)
    invoice.issued_on = today
    mention_keys(mention_facts(invoice, client, business, lines))
    return _due_on(invoice, client, today)


def freeze(draft: Invoice, client: Client, business: Business, day: dt.date) -> None:
    """Copy onto the document what it must say for ever."""
    lines = line_inputs(draft)
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
    text = partial(mention_text, business=business, day=day, language=draft.language)
    draft.mentions = [
        {"key": mention.key, "text": mention.text} for mention in frozen_mentions(facts, text=text)
    ]


def finish(draft: Invoice, client: Client, *, user: User | None, now: dt.datetime) -> None:
    """The last strokes that every numbered document shares."""
    draft.state = Invoice.State.ISSUED
    draft.issued_at, draft.issued_by = now, user
    draft.search_key = search_key(f"{draft.number} {client.name} {draft.order_reference}")
    draft.save()
    record(
        act="issue",
        subject=draft,
        user=user,
        at=now,
        after={"number": draft.number, "gross": str(draft.total_gross)},
    )
    wake("invoices.tasks.render_document", invoice_id=draft.pk)


def _due_on(draft: Invoice, client: Client, today: dt.date) -> dt.date:
    terms = None if draft.terms == "FIXED" else terms_of(draft.terms)
    if terms is None and draft.due_on is None:
        raise CannotIssue(_("Say on which date the invoice falls due."))
    due = due_date(terms, today) if terms else draft.due_on
    caps = caps_for(client.kind, partial(_threshold, day=today))
    check_due(due or today, issued_on=today, caps=caps, terms=terms)
    return due or today


def _threshold(key: str, *, day: dt.date) -> Decimal:
    return threshold(key, day)
