"""Issuing from the page, and the page of an issued invoice."""

import pytest

from clients.models import Message
from invoices.models import Invoice, Receivable
from invoices.rendering import render_document
from tenants.scope import use_tenant
from tests.factories.invoices import make_buyer, make_draft, make_line
from tests.invoices.pages.editing import issued, text_of


def test_the_question_shows_client_total_due_date_and_address(page, scope):
    draft = scope(make_draft)

    shown = text_of(page.get(f"/t/acme/invoices/{draft.public_id}/issue/"))

    assert "Dupont SAS" in shown
    assert "€1,200.00" in shown
    assert "compta@dupont.example" in shown
    assert "Issue and send" in shown


def test_what_stands_in_the_way_is_said_before(page, scope):
    draft = scope(make_draft, scope(make_buyer, siren=""))

    shown = text_of(page.get(f"/t/acme/invoices/{draft.public_id}/issue/"))

    assert "An invoice to a French business needs its SIREN: fill it in first." in shown
    assert "Issue and send" not in shown


def test_issue_and_send_numbers_it_and_queues_the_mail(page, scope):
    draft = scope(make_draft)

    response = page.post(f"/t/acme/invoices/{draft.public_id}/issue/", {"act": "send"})

    assert response.headers["Location"] == f"/t/acme/invoices/{draft.public_id}/"
    assert scope(Invoice.objects.get).state == "ISSUED"
    message = scope(Message.objects.get, kind="INVOICE")
    assert (message.state, message.created_by_id is not None) == ("QUEUED", True)


def test_issue_only_sends_nothing(page, scope):
    draft = scope(make_draft)

    page.post(f"/t/acme/invoices/{draft.public_id}/issue/", {"act": "issue"})

    assert scope(Message.objects.filter(kind="INVOICE").count) == 0


def test_the_page_shows_lines_totals_amounts_due_and_the_document(page, scope, acme):
    invoice = issued(scope)
    with use_tenant(acme):
        render_document(invoice_id=invoice.pk)

    shown = text_of(page.get(f"/t/acme/invoices/{invoice.public_id}/"))

    assert "Pose de parquet" in shown
    assert "Total before VAT €1,000.00 VAT €200.00 Total €1,200.00" in shown
    assert "Amount of an invoice" in shown
    assert "Open the PDF Download" in shown


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_three_lines(
    page, scope, django_assert_num_queries, no_plugs, count
):
    invoice = issued(scope, lines=[make_line() for _ in range(count)])

    with django_assert_num_queries(13):
        page.get(f"/t/acme/invoices/{invoice.public_id}/")


def test_the_pdf_comes_only_through_the_check(page, scope, acme, client, stranger):
    invoice = issued(scope)
    with use_tenant(acme):
        stored = render_document(invoice_id=invoice.pk)
    url = f"/t/acme/invoices/{invoice.public_id}/pdf/"

    seen, kept = page.get(url), page.get(f"{url}?download")
    client.force_login(stranger)
    refused = client.get(url)

    assert seen.headers["Content-Disposition"] == f'inline; filename="{invoice.number}.pdf"'
    assert kept.headers["Content-Disposition"] == f'attachment; filename="{invoice.number}.pdf"'
    assert len(seen.content) == stored.size
    assert refused.status_code == 404


def test_an_invoice_not_yet_printed_has_no_pdf(page, scope):
    invoice = issued(scope)

    assert page.get(f"/t/acme/invoices/{invoice.public_id}/pdf/").status_code == 404


def test_cancel_and_do_again_leads_to_the_copy(page, scope):
    invoice = issued(scope)

    response = page.post(f"/t/acme/invoices/{invoice.public_id}/redo/", {"reason": "Prix"})

    copy = scope(Invoice.objects.get, state="DRAFT")
    assert response.headers["Location"] == f"/t/acme/invoices/{copy.public_id}/edit/"
    assert scope(Message.objects.get, kind="CREDIT_NOTE").state == "QUEUED"


def test_a_credit_asks_why(page, scope):
    invoice = issued(scope)

    response = page.post(f"/t/acme/invoices/{invoice.public_id}/credit/", {"reason": " "})

    assert response.status_code == 422
    assert scope(Invoice.objects.get).state == "ISSUED"


def test_writing_off_keeps_the_reason(page, scope):
    invoice = issued(scope)
    receivable = scope(Receivable.objects.get)

    page.post(f"/t/acme/invoices/amounts/{receivable.public_id}/give-up/", {"reason": "Faillite"})

    scope(receivable.refresh_from_db)
    assert (receivable.balance, receivable.written_off_reason) == (0, "Faillite")
    assert scope(Invoice.objects.get, pk=invoice.pk).state == "WRITTEN_OFF"


def test_send_again_from_the_page(page, scope):
    invoice = issued(scope)

    page.post(f"/t/acme/invoices/{invoice.public_id}/send/")

    assert scope(Message.objects.get).facts == {"invoice_id": invoice.pk}


def test_a_copy_is_a_new_draft(page, scope):
    invoice = issued(scope)

    page.post(f"/t/acme/invoices/{invoice.public_id}/copy/")

    draft = scope(Invoice.objects.get, state="DRAFT")
    assert (draft.copied_from_id, draft.total_gross) == (invoice.pk, invoice.total_gross)
