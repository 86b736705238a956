"""The PDF: once, after the commit, whoever comes first."""

import datetime as dt
import hashlib
from concurrent.futures import ThreadPoolExecutor

import pytest
from celery import current_app
from django.db import connections

from invoices.documents import render
from invoices.models import Invoice
from invoices.rendering import render_document, waiting_documents
from invoices.services import credit_invoice
from invoices.tasks import warm_up_printer
from tenants.files import read_file
from tenants.models import Business, StoredFile
from tenants.scope import OpenScopeError, tenant_atomic, use_tenant
from tests.conftest import make_tenant
from tests.factories.invoices import NOW, TODAY, make_draft, make_issued


@pytest.fixture
def issued(as_acme):
    with tenant_atomic():
        return make_issued()


def document_of(invoice):
    with tenant_atomic():
        invoice.refresh_from_db()
        return invoice.document


@pytest.mark.parametrize(("queues", "loaded"), [(["mail"], 0), (["mail", "pdf"], 2)])
def test_a_worker_that_prints_has_its_styles_before_the_first_document(monkeypatch, queues, loaded):
    render._stylesheet.cache_clear()
    known = current_app.amqp.queues
    monkeypatch.setattr(known, "_consume_from", {name: known.get(name) for name in queues})

    warm_up_printer()

    assert render._stylesheet.cache_info().currsize == loaded


def test_an_issued_invoice_gets_its_pdf_with_its_hash(issued):
    stored = render_document(invoice_id=issued.pk)

    assert document_of(issued) == stored
    with tenant_atomic():
        content = read_file(stored)
    assert content[:5] == b"%PDF-"
    assert (stored.sha256, stored.size) == (hashlib.sha256(content).hexdigest(), len(content))
    assert (stored.name, stored.media_type) == ("F-2026-0001.pdf", "application/pdf")


def test_a_second_task_prints_nothing(issued):
    first = render_document(invoice_id=issued.pk)

    assert render_document(invoice_id=issued.pk) is None
    assert document_of(issued) == first


def test_later_changes_of_the_business_do_not_reach_the_document(issued):
    with tenant_atomic():
        before = render_document_bytes(issued)
        Business.objects.update(legal_name="Autre nom", city="Ailleurs")
        after = render_document_bytes(issued)

    assert after == before


def render_document_bytes(invoice):
    from invoices.documents.render import render_invoice
    from invoices.printing import document_data

    return render_invoice(document_data(Invoice.objects.get(pk=invoice.pk)))


def test_a_credit_note_is_printed_too(issued):
    with tenant_atomic():
        note = credit_invoice(invoice=issued, reason="Doublon", today=TODAY, now=NOW, user=None)

    assert render_document(invoice_id=note.pk).name == "A-2026-0001.pdf"


def test_a_draft_has_no_document(as_acme):
    with tenant_atomic():
        draft = make_draft()

    assert render_document(invoice_id=draft.pk) is None


def test_an_account_holder_too_long_for_the_code_does_not_stop_the_document(as_acme):
    with tenant_atomic():
        Business.objects.update(account_holder="", legal_name="Société " * 12)
        invoice = make_issued()

    assert render_document(invoice_id=invoice.pk).name == "F-2026-0001.pdf"


def test_nothing_is_printed_while_a_transaction_is_open(issued):
    with tenant_atomic(), pytest.raises(OpenScopeError):
        render_document(invoice_id=issued.pk)


def test_the_sweep_finds_what_lost_its_task_and_not_what_was_just_issued(issued):
    with tenant_atomic():
        at_once = waiting_documents(NOW)
        later = waiting_documents(NOW + dt.timedelta(minutes=3))

    assert (at_once, later) == ([], [issued.pk])


def test_two_printers_at_once_keep_one_document(transactional_db):
    tenant = make_tenant("acme")
    with use_tenant(tenant), tenant_atomic():
        invoice = make_issued()

    def print_it(_turn):
        try:
            with use_tenant(tenant):
                return render_document(invoice_id=invoice.pk)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(3) as pool:
        kept = [stored for stored in pool.map(print_it, range(3)) if stored]

    assert len(kept) == 1
    with use_tenant(tenant), tenant_atomic():
        assert Invoice.objects.get().document == kept[0]
        assert StoredFile.objects.count() == 1
